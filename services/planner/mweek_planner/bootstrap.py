"""Builds the planner from its settings and runs it: the only file that reads the environment or owns a clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import structlog
from mweek_messaging import RecordsLag, ServiceParts, Voice, run_service
from mweek_messaging.asyncapi import asyncapi_document
from mweek_outbox import Database, migrate, open_database, require_current_schema
from mweek_telemetry import Health, Metrics, configure_logging, serve_http
from mweek_timewindows.clock import Clock

from mweek_planner.handlers import CommandHandlers, RepairHandler, SituationReader, apply_records
from mweek_planner.routes import routes
from mweek_planner.settings import PlannerSettings
from mweek_planner.storage.patterns import PatternDirectory

SERVICE = "planner"
PACKAGE = "mweek_planner"

log = structlog.get_logger()


def build(settings: PlannerSettings, database: Database) -> ServiceParts:
    """Return the planner, ready to be run."""
    clock = Clock.parse(settings.clock, real_now=_real_now, monotonic=time.monotonic)
    voice = Voice(service=SERVICE, new_id=_new_id, now=clock.now)
    lag = RecordsLag()
    situations = SituationReader(database=database, records_lag=lag, now=clock.now)
    commands = CommandHandlers(situations=situations, patterns=PatternDirectory(settings.patterns), voice=voice)
    return ServiceParts(
        service=SERVICE,
        nats_url=settings.nats_url,
        database=database,
        clock=clock,
        voice=voice,
        routes=routes(commands, RepairHandler(situations=situations, voice=voice)),
        records_apply=apply_records,
        records_lag=lag,
    )


def describe() -> dict[str, Any]:
    """Return the AsyncAPI document of the planner, from the very table that it runs."""
    database = open_database("sqlite:///:memory:")
    try:
        parts = build(PlannerSettings(), database)
    finally:
        database.close()
    return asyncapi_document(SERVICE, parts.routes, version=version(PACKAGE.replace("_", "-")))


def migrate_database(settings: PlannerSettings) -> None:
    """Bring the planner's database to the schema of this version; creates it where it is absent."""
    migrate(settings.database_url, PACKAGE)


async def run(settings: PlannerSettings) -> int:
    """Run the planner until it is told to stop; returns the exit code.

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
            return await run_service(build(settings, database), health=health, metrics=metrics)
    finally:
        database.close()


def _real_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())
