"""The run that is measured: all services as processes of their own over a real server, command to audit-passed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

import nats
from mweek.importing import Stamp, import_commands
from mweek_contracts.commands import Command, PutRecordsV1, ScheduleWeekV1
from mweek_contracts.documents import read_fleet
from mweek_contracts.events import AuditPassedV1, FleetImportedV1
from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from mweek_contracts.streams import CONSUMERS, RECORDS
from mweek_messaging.provisioning import apply_streams
from mweek_messaging.publishing import publish_command
from nats.aio.client import Client

from tests.benchmarks.moved import Moved, messages_in
from tests.benchmarks.process_use import Use, forget_peak, uses_of
from tests.benchmarks.synthetic import LOCATION, SyntheticFleet
from tests.support.nats_server import NatsServer
from tests.support.service_process import ServiceProcess

SERVICES: Final = ("inventory", "planner", "notifier", "auditor")
SERVER: Final = "nats-server"
WEEK: Final = "2026-W49"
CLOCK: Final = "2026-11-23T08:00Z"
"""Of the services: the Monday before the week, early enough for everybody's notice hours."""

LONGEST_STAGE_SECONDS: Final = 3_000.0
_LOOK_EVERY_SECONDS: Final = 0.02
_SAID_AT: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage of the run took: `use` by process, the server's under its own name."""

    seconds: float
    use: dict[str, Use]
    messages: Sequence[Moved]


@dataclass(frozen=True, slots=True)
class ServicesRun:
    """A whole run. `folder` keeps the services' databases and mails."""

    importing: Stage
    scheduling: Stage
    customers_told: int
    start: dict[str, Use]
    folder: Path


async def run_services(fleet: SyntheticFleet, folder: Path) -> ServicesRun:
    """Import a fleet and schedule its week; every process is new, and ends with this."""
    commands = _import_commands(fleet, folder)
    async with _house(folder) as (pids, connection):
        start = uses_of(pids)
        importing = await _measured(pids, lambda: _import(connection, commands))
        said_before = len(await messages_in(connection, "EVENTS"))
        command = _schedule_command()
        told: list[int] = []
        scheduling = await _measured(pids, lambda: _schedule(connection, command, told))
        records, events = await messages_in(connection, "RECORDS"), await messages_in(connection, "EVENTS")
    return ServicesRun(
        importing=Stage(*importing, [*map(_as_moved, commands), *records, *events[:said_before]]),
        scheduling=Stage(*scheduling, [_as_moved(command), *events[said_before:]]),
        customers_told=told[0],
        start=start,
        folder=folder,
    )


async def _measured(pids: dict[str, int], work: Callable[[], Awaitable[None]]) -> tuple[float, dict[str, Use]]:
    for pid in pids.values():
        forget_peak(pid)
    before, began = uses_of(pids), time.perf_counter()
    await asyncio.wait_for(work(), LONGEST_STAGE_SECONDS)
    seconds, after = time.perf_counter() - began, uses_of(pids)
    return seconds, {name: after[name].since(before[name]) for name in pids}


@asynccontextmanager
async def _house(folder: Path) -> AsyncIterator[tuple[dict[str, int], Client]]:
    server = NatsServer(folder / "nats").start()
    services: list[ServiceProcess] = []
    connection = await nats.connect(server.url)
    try:
        await apply_streams(connection)
        for service in SERVICES:
            services.append(ServiceProcess(service, folder, nats_url=server.url, environment=_environment(folder)))
            services[-1].start()
        pids = {service: process.pid for service, process in zip(SERVICES, services, strict=True)}
        yield {**pids, SERVER: server.pid}, connection
    finally:
        await connection.close()
        for process in services:
            process.stop()
        server.stop()


def _environment(folder: Path) -> dict[str, str]:
    return {
        "MWEEK_CLOCK": CLOCK,
        "MWEEK_NOTIFIER_MAIL_URL": f"maildir:{folder / 'mail'}",  # as shipped: on the disk, every mail synced
        "MWEEK_AUDITOR_NOTICE_GRACE_SECONDS": str(int(LONGEST_STAGE_SECONDS)),  # how long the mails take is measured
    }


async def _import(connection: Client, commands: Sequence[PutRecordsV1]) -> None:
    """Publish the parts; over when the import is said and all three readers of records have applied all of them."""
    outcome = await connection.subscribe(f"evt.{LOCATION}.fleet.*.v1")
    for command in commands:
        await publish_command(connection, command, timeout=30)
    said = await outcome.next_msg(LONGEST_STAGE_SECONDS)
    await outcome.unsubscribe()
    imported = read_message(said.subject, said.data)
    assert isinstance(imported, FleetImportedV1), imported
    while not await _records_applied(connection, imported.machines_put + imported.customers_put):
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _records_applied(connection: Client, records: int) -> bool:
    jetstream = connection.jetstream()
    if (await jetstream.stream_info(RECORDS.name)).state.last_seq < records:
        return False
    readers = [spec for spec in CONSUMERS if spec.stream == RECORDS.name]
    infos = [await jetstream.consumer_info(RECORDS.name, spec.durable) for spec in readers]
    return all(not info.num_pending and not info.num_ack_pending for info in infos)


async def _schedule(connection: Client, command: ScheduleWeekV1, told: list[int]) -> None:
    """Publish the command; over when the audit has passed, which it does when every customer has been told."""
    verdict = await connection.subscribe(f"evt.{LOCATION}.{WEEK}.*.v1")
    await publish_command(connection, command)
    async for said in verdict.messages:
        if said.subject.split(".")[3] in ("audit-passed", "audit-failed", "week-refused"):
            break
    await verdict.unsubscribe()
    passed = read_message(said.subject, said.data)
    assert isinstance(passed, AuditPassedV1), passed
    told.append(passed.customers_told)


def _import_commands(fleet: SyntheticFleet, folder: Path) -> Sequence[PutRecordsV1]:
    folder.mkdir(parents=True, exist_ok=True)
    document = read_fleet(fleet.write_json_lines(folder / "fleet.jsonl"), location=LOCATION)
    ids = count(1)
    stamp = Stamp(
        import_id="bench-import", new_id=lambda: f"bench-part-{next(ids)}", now=_SAID_AT, requested_by="benchmark"
    )
    return import_commands(document, replace_location=False, stamp=stamp)


def _schedule_command() -> ScheduleWeekV1:
    return ScheduleWeekV1(
        message_id="bench-schedule",
        correlation_id="bench-schedule",
        occurred_at=_SAID_AT,
        command_id="bench-schedule",
        location=LOCATION,
        week=WEEK,
    )


def _as_moved(command: Command | Message) -> Moved:
    return Moved("COMMANDS", command.subject, command.headers("administrator"), command.body().decode())
