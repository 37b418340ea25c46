"""Builds the notifier from its settings: the only file that constructs its parts."""

from __future__ import annotations

from datetime import datetime

from mweek_messaging import Loop, ServiceParts
from mweek_service.bootstrap import Frame, Runtime

from mweek_notifier.delivery.mail_url import MaildirTarget, parse_mail_url
from mweek_notifier.delivery.maildir import Maildir
from mweek_notifier.delivery.smtp import Smtp
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.domain.notice import Notice
from mweek_notifier.handlers import AuditHandlers, Occasions, WeekHandlers, WindowHandlers, apply_records
from mweek_notifier.handlers.announcing import Announcer
from mweek_notifier.interfaces import Delivery, Render
from mweek_notifier.rendering.mail import rendered
from mweek_notifier.routes import routes
from mweek_notifier.sender import Bookkeeping, Sender
from mweek_notifier.sender.loop import SenderSettings
from mweek_notifier.settings import NotifierSettings


def build(settings: NotifierSettings, runtime: Runtime) -> ServiceParts:
    """Return the notifier, ready to be run."""
    clock, domain = runtime.clock, settings.letterhead.domain
    announcer = Announcer(voice=runtime.voice, now=clock.now, real_now=clock.real_now, domain=domain)
    weeks = WeekHandlers(announcer=announcer, lock=runtime.database.lock)
    windows = WindowHandlers(announcer=announcer, lock=runtime.database.lock, patience=settings.patience)
    occasions = Occasions(database=runtime.database, announcer=announcer, lock=runtime.database.lock)
    audits = AuditHandlers(announcer=announcer, operator=Contact("Operator", settings.operator_email))
    return ServiceParts(
        service=FRAME.name,
        nats_url=settings.nats_url,
        database=runtime.database,
        clock=clock,
        voice=runtime.voice,
        routes=routes(weeks, windows, audits),
        records_apply=apply_records,
        loops=(Loop("occasions", occasions.run), Loop("sender", _sender(settings, runtime).run)),
    )


def _sender(settings: NotifierSettings, runtime: Runtime) -> Sender:
    books = Bookkeeping(
        database=runtime.database,
        voice=runtime.voice,
        now=runtime.clock.now,
        real_now=runtime.clock.real_now,
        token=runtime.new_id(),
        lease=settings.lease,
        policy=settings.retry_policy,
    )
    return Sender(
        books=books,
        delivery=_delivery(settings),
        render=_render(settings),
        report=lambda ok, detail: runtime.health.set("mail", ok, detail),
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


FRAME = Frame(name="notifier", settings=NotifierSettings, build=build)
