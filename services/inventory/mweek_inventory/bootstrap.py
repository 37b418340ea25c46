"""Builds the inventory from its settings and runs it: the only file that reads the environment or owns a clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import structlog
from mweek_messaging import ServiceParts, Voice, run_service
from mweek_messaging.asyncapi import asyncapi_document
from mweek_outbox import Database, migrate, open_database, require_current_schema
from mweek_telemetry import Health, Metrics, configure_logging, serve_http
from mweek_timewindows.clock import Clock

from mweek_inventory.handlers import CommandHandlers, FleetBook, Housekeeping
from mweek_inventory.offline import Desk
from mweek_inventory.routes import routes
from mweek_inventory.settings import InventorySettings

SERVICE = "inventory"
PACKAGE = "mweek_inventory"

log = structlog.get_logger()


def build(settings: InventorySettings, database: Database) -> ServiceParts:
    """Return the inventory, ready to be run."""
    clock = _clock(settings)
    voice = Voice(service=SERVICE, new_id=_new_id, now=clock.now)
    book = FleetBook(database=database, voice=voice, now=clock.now)
    return ServiceParts(
        service=SERVICE,
        nats_url=settings.nats_url,
        database=database,
        clock=clock,
        voice=voice,
        routes=routes(CommandHandlers(book=book, real_now=clock.real_now)),
        tickers=(Housekeeping(book=book, real_now=clock.real_now).ticker(),),
    )


@contextmanager
def desk(settings: InventorySettings) -> Iterator[Desk]:
    """Give what a person can do with the database while no bus is there.

    Raises:
        SchemaOutOfDateError: the database must be migrated first.
    """
    require_current_schema(settings.database_url, PACKAGE)
    database = open_database(settings.database_url)
    clock = _clock(settings)
    voice = Voice(service=SERVICE, new_id=_new_id, now=clock.now)
    try:
        book = FleetBook(database=database, voice=voice, now=clock.now)
        yield Desk(database=database, book=book, new_id=_new_id)
    finally:
        database.close()


def describe() -> dict[str, Any]:
    """Return the AsyncAPI document of the inventory, from the very table that it runs."""
    database = open_database("sqlite:///:memory:")
    try:
        parts = build(InventorySettings(), database)
    finally:
        database.close()
    return asyncapi_document(SERVICE, parts.routes, version=version(PACKAGE.replace("_", "-")))


def migrate_database(settings: InventorySettings) -> None:
    """Bring the inventory's database to the schema of this version; creates it where it is absent."""
    migrate(settings.database_url, PACKAGE)


async def run(settings: InventorySettings) -> int:
    """Run the inventory until it is told to stop; returns the exit code.

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


def _clock(settings: InventorySettings) -> Clock:
    return Clock.parse(settings.clock, real_now=_real_now, monotonic=time.monotonic)


def _real_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())
