"""Constructs what every service has and runs it: the one file of the frame that owns a clock and makes ids."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final, Generic
from uuid import uuid4

import structlog
from mweek_messaging import ServiceParts, Voice, run_service
from mweek_messaging.asyncapi import asyncapi_document
from mweek_outbox import Database, durability_risks, migrate, open_database, require_current_schema
from mweek_telemetry import Health, Metrics, configure_logging, serve_http
from mweek_timewindows.clock import Clock

from mweek_service.settings import AnySettings, ServiceSettings

log = structlog.get_logger()

_TURN_SECONDS: Final = 0.001
"""How long a thread goes on computing while another one wants to. A transaction gives way at each statement, and Python
would let it wait for 5 ms each time: beside a busy event loop, 32 requests took 60 ms instead of 25."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a service is built from beside its settings."""

    database: Database
    clock: Clock
    voice: Voice
    health: Health
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Frame(Generic[AnySettings]):
    """A service: its name in the contracts, its settings, and the function that builds it.

    Its package is `mweek_<name>`; the migrations lie in `<package>.storage.migrations`.
    """

    name: str
    settings: type[AnySettings]
    build: Callable[[AnySettings, Runtime], ServiceParts]

    @property
    def package(self) -> str:
        """The Python package of the service."""
        return f"mweek_{self.name}"


def runtime_of(frame: Frame[AnySettings], settings: ServiceSettings, database: Database) -> Runtime:
    """Return a runtime over an open database."""
    clock = Clock.parse(settings.clock, real_now=_real_now, monotonic=time.monotonic)
    voice = Voice(service=frame.name, new_id=_new_id, now=clock.now)
    return Runtime(database=database, clock=clock, voice=voice, health=Health(), new_id=_new_id)


async def run(frame: Frame[AnySettings], settings: AnySettings) -> int:
    """Run a service until it is told to stop; returns the exit code.

    Raises:
        SchemaOutOfDateError: the database must be migrated first.
    """
    let_threads_take_short_turns()
    configure_logging(frame.name, json=settings.log_format == "json", level=settings.log_level)
    require_current_schema(settings.database_url, frame.package)
    metrics = Metrics(frame.name)
    database = open_database(settings.database_url)
    try:
        for risk in durability_risks(database):
            log.critical("commits may be lost", reason=risk)
        runtime = runtime_of(frame, settings, database)
        parts = frame.build(settings, runtime)
        pages = serve_http(settings.http_host, settings.http_port, health=runtime.health, metrics=metrics)
        async with pages as port:
            log.info("http-listening", host=settings.http_host, port=port)
            return await run_service(parts, health=runtime.health, metrics=metrics)
    finally:
        database.close()


def let_threads_take_short_turns() -> None:
    """Set how long the threads of this process make each other wait."""
    sys.setswitchinterval(_TURN_SECONDS)


def migrate_database(frame: Frame[AnySettings], settings: ServiceSettings) -> None:
    """Bring a service's database to the schema of this version; creates it where it is absent."""
    migrate(settings.database_url, frame.package)


def describe(frame: Frame[AnySettings]) -> dict[str, Any]:
    """Return the AsyncAPI document of a service, from the very table of routes that it runs."""
    settings = frame.settings.model_validate({"database_url": "sqlite:///:memory:"})
    database = open_database(settings.database_url)
    try:
        parts = frame.build(settings, runtime_of(frame, settings, database))
    finally:
        database.close()
    said_version = version(frame.package.replace("_", "-"))
    return asyncapi_document(frame.name, parts.routes, answers=parts.answers, version=said_version)


def _real_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())
