"""The story that a release is frozen in: a week scheduled and changed, mails of every outcome, work left unsaid."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats
from mweek_contracts.commands import CancelWeekV1, Command, PutRecordsV1, ScheduleWeekV1
from mweek_contracts.documents import read_fleet
from mweek_contracts.fleet import Environment, Kind, MachineFields
from mweek_messaging import apply_streams, publish_command
from mweek_outbox import Database, open_database
from mweek_outbox.waiting import count_waiting
from nats.aio.client import Client
from sqlalchemy import text

from tests.support.auditor_process import AuditorProcess
from tests.support.eventually import eventually
from tests.support.inventory_process import InventoryProcess
from tests.support.mail_server import Behaviour, MailServer, running_mail_server
from tests.support.nats_server import NatsServer
from tests.support.notifier_process import NotifierProcess
from tests.support.planner_process import PlannerProcess
from tests.support.service_process import ServiceProcess
from tests.support.small_fleet import fleet_text
from tests.upgrade.meaning import HALF_AN_IMPORT, LOCATION

LONG_AGO = Path(__file__).parent / "long_ago"
CLOCK = "2026-11-23T08:00Z"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FIRST = ("acme-test01", "acme-prod01", "acme-prod02", "globex-test01", "globex-prod01", "initech-prod01")
SECOND = (*(name for name in FIRST if name != "acme-prod02"), "acme-prod03", "initech-prod02")
THIRD = (*SECOND, "globex-prod02")
LAST = (*THIRD, "initech-prod03")


@dataclass(slots=True)
class Scene:
    """Everything that plays: the bus, the services, their databases, and what was asked for."""

    connection: Client
    mail_server: MailServer
    services: dict[str, ServiceProcess]
    databases: dict[str, Database]
    commands: list[Command] = field(default_factory=list)

    async def ask(self, command: Command) -> None:
        """Publish a command and remember it."""
        self.commands.append(command)
        await publish_command(self.connection, command, timeout=60)

    async def put(self, machines: tuple[str, ...], *, blackouts: dict[str, str] | None = None) -> None:
        """Ask for a whole fleet, and wait until the planner knows it."""
        fleet = read_fleet(("fleet.yaml", fleet_text(LOCATION, machines=machines, blackouts=blackouts)))
        await self.ask(
            PutRecordsV1(
                **self.envelope(),
                location=LOCATION,
                import_id=self._id(),
                machines=fleet.machines,
                customers=fleet.customers,
                replace_location=True,
            )
        )
        await self.until("planner", "SELECT count(*) FROM machine WHERE NOT removed", len(machines))

    async def schedule(self, week: str) -> None:
        """Ask for a week."""
        await self.ask(ScheduleWeekV1(**self.envelope(), location=LOCATION, week=week))

    async def until(self, service: str, query: str, expected: object) -> None:
        """Wait until a service's database answers so."""

        def answer() -> Any:
            with self.databases[service].read() as session:
                return session.connection().execute(text(query)).scalar_one()

        await eventually(answer, lambda seen: seen == expected, within=300)

    def _id(self) -> str:
        return f"story-{len(self.commands) + 1}"

    async def until_said(self, event: str) -> None:
        """Wait until an event of that kind is in its stream."""

        async def subjects() -> list[str]:
            info = await self.connection.jsm().stream_info("EVENTS", subjects_filter=">")
            return [subject for subject in info.state.subjects or () if f".{event}." in subject]

        await eventually(subjects, within=300)

    def waiting(self, service: str) -> int:
        """Return how many messages a service has recorded and not published."""
        with self.databases[service].read() as session:
            return count_waiting(session)

    def envelope(self) -> dict[str, Any]:
        """Return the envelope of the next command."""
        return {
            "message_id": f"{self._id()}-message",
            "correlation_id": f"{self._id()}-message",
            "occurred_at": NOW,
            "command_id": self._id(),
        }


async def play(scene: Scene, folder: Path) -> None:
    """Play everything; in the end no service runs, and each has left something to do."""
    await _tell_everybody(scene)
    await _be_refused(scene)
    await _change_with_trouble(scene)
    for service in ("notifier", "auditor", "planner"):
        await asyncio.to_thread(scene.services[service].stop)
    await _leave_a_plan_unsaid(scene)
    await _leave_half_an_import(scene)
    scene.services["inventory"].stop()
    last = folder / "last.yaml"
    last.write_text(fleet_text(LOCATION, machines=LAST), encoding="utf-8")
    done = scene.services["inventory"].command("import", str(last))
    assert done.returncode == 0, done.stderr
    assert scene.waiting("inventory"), "the last import is said already"


async def _tell_everybody(scene: Scene) -> None:
    """A first revision, all mails accepted, the audit passed."""
    await scene.put(FIRST)
    await scene.schedule("2026-W49")
    await scene.until("auditor", "SELECT count(*) FROM report WHERE revision = 1 AND findings_total = 0", 1)


async def _be_refused(scene: Scene) -> None:
    """An import that contradicts itself, a week that cannot be called off, a command that nobody can read."""
    lost = MachineFields(name="vm00", kind=Kind.VIRTUAL, role="customer", environment=Environment.TEST, host="nowhere")
    await scene.ask(PutRecordsV1(**scene.envelope(), location=LOCATION, import_id="contradicts", machines=(lost,)))
    await scene.ask(CancelWeekV1(**scene.envelope(), location=LOCATION, week="2026-W52", reason="there is nothing"))
    await scene.connection.jetstream().publish(f"cmd.{LOCATION}.schedule-week.v1", b"{}", stream="COMMANDS")
    for refusal in ("fleet-refused", "week-refused", "command-refused"):
        await scene.until_said(refusal)


async def _change_with_trouble(scene: Scene) -> None:
    """Two more revisions: one address refused, one answer lost twice, one server that says later, and findings."""
    scene.mail_server.will_always("ops@acme-rzob.example", Behaviour.REFUSE_RECIPIENT)
    scene.mail_server.will_always("ops@initech-rzob.example", Behaviour.KEEP_AND_DROP)
    scene.mail_server.will_always("ops@globex-rzob.example", Behaviour.DEFER_RECIPIENT)
    await scene.put(SECOND, blackouts={"globex": "2026-12-02"})
    await scene.schedule("2026-W49")
    ended = "SELECT count(*) FROM notice WHERE revision = 2 AND state IN ('failed', 'unknown') AND due_at IS NULL"
    await scene.until("notifier", ended, 2)
    await scene.put(THIRD, blackouts={"globex": "2026-12-02"})
    await scene.schedule("2026-W49")
    await scene.until("notifier", "SELECT count(*) FROM notice WHERE revision = 2 AND state = 'skipped'", 1)
    await scene.until("auditor", "SELECT count(*) FROM report WHERE revision = 3 AND findings_total > 0", 1)
    await scene.until(
        "notifier", "SELECT count(*) FROM notice WHERE kind = 'finding' AND revision = 3 AND state = 'sent'", 1
    )


async def _leave_a_plan_unsaid(scene: Scene) -> None:
    """Another week, decided while another relay holds the role: its messages wait in the outbox."""
    role = scene.databases["planner"].exclusive_role("relay")
    assert role.acquire()
    await start(scene.services["planner"])
    await scene.schedule("2026-W50")
    await scene.until("planner", "SELECT count(*) FROM plan WHERE week = '2026-W50'", 1)
    scene.services["planner"].stop()
    role.release()
    assert scene.waiting("planner"), "the plan is said already"


async def _leave_half_an_import(scene: Scene) -> None:
    """The first of two parts."""
    await scene.ask(half_an_import(1, "umbrella01"))
    await scene.until("inventory", "SELECT count(*) FROM fleet_import_part", 1)


def half_an_import(part: int, machine: str) -> PutRecordsV1:
    """Return a part of an import into a location of its own."""
    location, import_id = HALF_AN_IMPORT
    return PutRecordsV1(
        message_id=f"{import_id}-{part}",
        correlation_id=import_id,
        occurred_at=NOW,
        command_id=import_id,
        import_id=import_id,
        location=location,
        machines=(MachineFields(name=machine, kind=Kind.PHYSICAL, role="build", environment=Environment.INTERNAL),),
        part=part,
        parts=2,
    )


def services_on(
    urls: dict[str, str], folder: Path, *, nats_url: str, mail_url: str, **environment: str
) -> dict[str, ServiceProcess]:
    """Return the four services on these databases, none of them started: mails one by one, repeated soon."""
    where = {"nats_url": nats_url}
    clock = {"MWEEK_CLOCK": CLOCK, **environment}
    mails = {
        "MWEEK_NOTIFIER_MAIL_URL": mail_url,
        "MWEEK_NOTIFIER_WORKERS": "1",
        "MWEEK_NOTIFIER_SEND_SECONDS": "5",
        "MWEEK_NOTIFIER_RETRY_SECONDS": "0.2",
    }
    grace = {"MWEEK_AUDITOR_NOTICE_GRACE_SECONDS": "20"}
    return {
        "inventory": InventoryProcess(folder / "inventory", **where, database_url=urls["inventory"], **clock),
        "planner": PlannerProcess(folder / "planner", **where, database_url=urls["planner"], environment=clock),
        "notifier": NotifierProcess(
            folder / "notifier", **where, clock=CLOCK, database_url=urls["notifier"], **environment, **mails
        ),
        "auditor": AuditorProcess(
            folder / "auditor", **where, clock=CLOCK, database_url=urls["auditor"], **environment, **grace
        ),
    }


def before_the_path(folder: Path) -> str:
    """Return a PYTHONPATH that begins with a folder."""
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


async def start(*services: ServiceProcess) -> None:
    """Start services at once, while connections of the test go on answering."""
    await asyncio.gather(*(asyncio.to_thread(service.migrate) for service in services))
    for service in services:
        service.launch()
    for service in services:
        await asyncio.to_thread(service.wait_until_ready)


@asynccontextmanager
async def scene_on(urls: dict[str, str], folder: Path) -> AsyncIterator[Scene]:
    """Give a scene with all services running on empty databases."""
    server = NatsServer(folder / "nats").start()
    connection = await nats.connect(server.url)
    await apply_streams(connection)
    async with running_mail_server() as mail_server:
        services = services_on(
            urls, folder, nats_url=server.url, mail_url=mail_server.url, PYTHONPATH=before_the_path(LONG_AGO)
        )
        databases = {service: open_database(url) for service, url in urls.items()}
        try:
            await start(*services.values())
            yield Scene(connection, mail_server, services, databases)
        finally:
            for service in services.values():
                service.stop()
            for database in databases.values():
                database.close()
            await connection.close()
            server.stop()
