"""Builds the notifier from its settings and runs it: the only file that reads the environment or owns a clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import structlog
from mweek_messaging import Loop, ServiceParts, Voice, run_service
from mweek_messaging.asyncapi import asyncapi_document
from mweek_outbox import Database, migrate, open_database, require_current_schema
from mweek_telemetry import Health, Metrics, configure_logging, serve_http
from mweek_timewindows.clock import Clock

from mweek_notifier.delivery.mail_url import MaildirTarget, parse_mail_url
from mweek_notifier.delivery.maildir import Maildir
from mweek_notifier.delivery.smtp import Smtp
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.domain.notice import Notice
from mweek_notifier.handlers import AuditHandlers, WeekHandlers, apply_records
from mweek_notifier.handlers.announcing import Announcer
from mweek_notifier.interfaces import Delivery, Render
from mweek_notifier.rendering.mail import rendered
from mweek_notifier.routes import routes
from mweek_notifier.sender import Bookkeeping, Sender
from mweek_notifier.sender.loop import SenderSettings
from mweek_notifier.settings import NotifierSettings

SERVICE = "notifier"
PACKAGE = "mweek_notifier"

log = structlog.get_logger()


def build(settings: NotifierSettings, database: Database, health: Health) -> ServiceParts:
    """Return the notifier, ready to be run."""
    clock = Clock.parse(settings.clock, real_now=_real_now, monotonic=time.monotonic)
    voice = Voice(service=SERVICE, new_id=_new_id, now=clock.now)
    domain = settings.letterhead.domain
    announcer = Announcer(voice=voice, now=clock.now, real_now=clock.real_now, domain=domain)
    weeks = WeekHandlers(announcer=announcer, lock=database.lock)
    audits = AuditHandlers(announcer=announcer, operator=Contact("Operator", settings.operator_email))
    sender = _sender(settings, database, health, clock=clock, voice=voice)
    return ServiceParts(
        service=SERVICE,
        nats_url=settings.nats_url,
        database=database,
        clock=clock,
        voice=voice,
        routes=routes(weeks, audits),
        records_apply=apply_records,
        loops=(Loop("sender", sender.run),),
    )


def describe() -> dict[str, Any]:
    """Return the AsyncAPI document of the notifier, from the very table that it runs."""
    settings = NotifierSettings()
    database = open_database("sqlite:///:memory:")
    try:
        parts = build(settings, database, Health())
    finally:
        database.close()
    return asyncapi_document(SERVICE, parts.routes, version=version(PACKAGE.replace("_", "-")))


def migrate_database(settings: NotifierSettings) -> None:
    """Bring the notifier's database to the schema of this version; creates it where it is absent."""
    migrate(settings.database_url, PACKAGE)


async def run(settings: NotifierSettings) -> int:
    """Run the notifier until it is told to stop; returns the exit code.

    Raises:
        SchemaOutOfDateError: the database must be migrated first.
    """
    configure_logging(SERVICE, json=settings.log_format == "json", level=settings.log_level)
    require_current_schema(settings.database_url, PACKAGE)
    health, metrics = Health(), Metrics(SERVICE)
    database = open_database(settings.database_url)
    try:
        async with serve_http(port=settings.http_port, health=health, metrics=metrics) as port:
            log.info("http-listening", port=port)
            return await run_service(build(settings, database, health), health=health, metrics=metrics)
    finally:
        database.close()


def _sender(settings: NotifierSettings, database: Database, health: Health, *, clock: Clock, voice: Voice) -> Sender:
    books = Bookkeeping(
        database=database,
        voice=voice,
        now=clock.now,
        real_now=clock.real_now,
        token=_new_id(),
        lease=settings.lease,
        policy=settings.retry_policy,
    )
    return Sender(
        books=books,
        delivery=_delivery(settings),
        render=_render(settings),
        report=lambda ok, detail: health.set("mail", ok, detail),
        settings=SenderSettings(sender_email=settings.sender, workers=settings.workers),
    )


def _delivery(settings: NotifierSettings) -> Delivery:
    target = parse_mail_url(settings.mail_url)
    if isinstance(target, MaildirTarget):
        return Maildir(target.path)
    return Smtp(target, timeout_seconds=settings.send_seconds, idle_connections=settings.workers)


def _render(settings: NotifierSettings) -> Render:
    letterhead = settings.letterhead

    def render(notice: Notice, message_id: str, dated_at: datetime) -> bytes:
        return rendered(notice, letterhead, message_id=message_id, dated_at=dated_at).content

    return render


def _real_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())
