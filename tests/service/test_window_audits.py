"""Requested windows from the wish to the verdict: planner, notifier and auditor as processes on a real bus."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import nats
import pytest
from mweek_contracts.events import (
    AuditFailedV1,
    AuditOccasion,
    AuditPassedV1,
    MachineEnteredV1,
    NoticeKind,
    NoticeSentV1,
    WindowGrantedV1,
)
from mweek_contracts.fleet import AcceptableWindow
from mweek_contracts.request_codes import WindowChange
from mweek_contracts.streams import RECORDS
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import apply_streams, publish
from nats.aio.client import Client

from tests.support.asking_machine import AskingMachine
from tests.support.auditor_process import AuditorProcess
from tests.support.databases import Databases
from tests.support.eventually import eventually
from tests.support.ids import at
from tests.support.nats_server import NatsServer
from tests.support.notifier_process import NotifierProcess
from tests.support.planner_bus import NOW, PlannerBus
from tests.support.planner_process import PlannerProcess
from tests.support.requested_windows import work
from tests.support.running_services import clock_from_now
from tests.support.typed_command import type_command

pytestmark = pytest.mark.xdist_group("window-audits")

_locations = count(1)
ANY_TIME = AcceptableWindow.model_validate(
    {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "24:00"}, strict=False
)
AT_NOON = at("2026-11-26T12:00Z")


@dataclass
class House:
    """A server and the services that windows concern, on one clock that goes 300 times too fast."""

    server: NatsServer
    planner: PlannerProcess
    notifier: NotifierProcess
    auditor: AuditorProcess

    def ensure_running(self) -> None:
        """Start what a test may have stopped."""
        for service in (self.planner, self.notifier, self.auditor):
            service.ensure_running()

    def mails(self, address: str) -> list[str]:
        """Return the subjects of what an address was mailed."""
        return [str(mail.message["Subject"]) for mail in self.notifier.mails() if mail.message["To"] == address]


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("window-audits")
    server = NatsServer(folder / "nats").start()
    clock = clock_from_now(f"{NOW:%Y-%m-%dT%H:%MZ},x300")
    where: dict[str, Any] = {"nats_url": server.url}
    one = House(
        server,
        PlannerProcess(
            folder / "planner",
            **where,
            database_url=databases.new(folder / "planner", "planner"),
            environment={"MWEEK_CLOCK": clock},
        ),
        NotifierProcess(
            folder / "notifier", **where, clock=clock, database_url=databases.new(folder / "notifier", "notifier")
        ),
        AuditorProcess(
            folder / "auditor", **where, clock=clock, database_url=databases.new(folder / "auditor", "auditor")
        ),
    )
    yield one
    for service in (one.planner, one.notifier, one.auditor):
        service.stop()
    server.stop()


@pytest.fixture
async def bus(house: House) -> AsyncIterator[PlannerBus]:
    """A location of its own, with a customer that accepts any time and one machine down at once."""
    connection = await nats.connect(house.server.url)
    await apply_streams(connection)
    house.ensure_running()
    location = PlannerBus(connection, f"aud{next(_locations):02d}")
    fields = {"acceptable_windows": (ANY_TIME,), "notice_hours": 0, "max_parallel": 1}
    machines = [location.machine(f"{location.location}-m{n}", customer=location.owner("acme")) for n in range(3)]
    await location.know(location.policy(capacity=2), location.customer("acme", **fields), *machines)
    yield location
    await connection.close()


def machines_of(bus: PlannerBus) -> list[AskingMachine]:
    return [AskingMachine(bus, f"{bus.location}-m{number}") for number in range(3)]


async def verdicts(bus: PlannerBus) -> list[AuditPassedV1 | AuditFailedV1]:
    """Return the verdicts on the location's requested windows."""
    return [one for one in await bus.events(ADHOC_ONLY) if isinstance(one, AuditPassedV1 | AuditFailedV1)]


ADHOC_ONLY = "adhoc"


async def position(connection: Client) -> RecordsPosition:
    info = await connection.jetstream().stream_info(RECORDS.name)
    assert info.created is not None
    return RecordsPosition(stream_created_at=info.created, sequence=info.state.last_seq)


async def told_by_a_planner(bus: PlannerBus, **fields: Any) -> WindowGrantedV1:
    """Tell of a window at noon that no planner gave."""
    times = {"not_before": AT_NOON, "not_after": AT_NOON + timedelta(minutes=10)}
    about = {"location": bus.location, "machine": f"{bus.location}-m0", "customer": bus.owner("acme")}
    values = {
        **bus.envelope(),
        **about,
        **times,
        "must_end_by": AT_NOON + timedelta(minutes=35),
        "records": await position(bus.connection),
        "window_id": "by-hand",
        "revision": 1,
        "change": WindowChange.NEW,
        "significant": True,
        "requests": (work(),),
        "request_id": work().request_id,
        "estimated_minutes": 20,
        "reboots": True,
        "granted_at": NOW,
    }
    event = WindowGrantedV1(**{**values, **fields})
    await publish(bus.connection, event, source="planner")
    return event


async def test_windows_that_are_granted_entered_and_left_pass(house: House, bus: PlannerBus) -> None:
    for machine in machines_of(bus):
        window = await machine.granted()
        lease = await machine.entered(window.window_id)
        assert (await machine.leave(lease)).departure
    contact = f"ops@{bus.owner('acme')}.example"
    await eventually(lambda: house.mails(contact), until=bool, within=60)

    async def all_told() -> AuditPassedV1 | None:
        said = await verdicts(bus)
        assert not [one for one in said if isinstance(one, AuditFailedV1)], said
        last = said[-1] if said else None
        return last if isinstance(last, AuditPassedV1) and last.windows == 3 else None

    verdict: AuditPassedV1 = await eventually(all_told, within=60)
    assert (verdict.week, verdict.plan_id, verdict.revision) == (None, None, None)
    assert (verdict.machines, verdict.customers_told) == (3, 1)
    report = house.auditor.command("report", bus.location, "windows")
    assert report.returncode == 0, report.stderr
    assert report.stdout.startswith(f"Audit of {bus.location}, requested windows: passed\n  1 customer told; ")
    assert report.stdout.endswith("  3 machines in service, 3 windows that lie ahead or ended less than a day ago\n")


async def test_window_outside_of_the_customers_times_fails_is_mailed_once_and_passes_when_it_is_gone(
    house: House, bus: PlannerBus
) -> None:
    # Nights in Berlin, as of a customer that says nothing.
    await bus.know(bus.customer("acme"))
    await told_by_a_planner(bus)

    async def failed() -> AuditFailedV1 | None:
        return next((one for one in await verdicts(bus) if isinstance(one, AuditFailedV1)), None)

    verdict: AuditFailedV1 = await eventually(failed, within=60)
    assert (verdict.subject, verdict.occasion) == (
        f"evt.{bus.location}.adhoc.audit-failed.v1",
        AuditOccasion.WINDOWS_CHANGED,
    )
    [finding] = verdict.findings
    assert (finding.code, finding.machine) == ("outside-acceptable", f"{bus.location}-m0")
    assert finding.text.endswith("accepts: Thu 2026-11-26 13:00 to 13:35 in Europe/Berlin.")
    about = f"Audit of requested windows in {bus.location} failed: 1 finding (outside-acceptable)"
    await eventually(lambda: [one for one in house.mails("noc@hoster.example") if about in one], until=bool)

    async def mailed() -> list[NoticeSentV1]:
        said = [one for one in await bus.events(ADHOC_ONLY) if isinstance(one, NoticeSentV1)]
        return [one for one in said if one.kind is NoticeKind.FINDING]

    [notice] = await eventually(mailed, until=bool)
    assert (notice.week, notice.windows, notice.customer) == (None, (), None)
    environment = {"MWEEK_NATS_URL": house.server.url}
    shown = await type_command("audit", f"{bus.location}/windows", environment=environment)
    assert shown.exit_code == 1
    assert "Audit failed: 1 finding." in shown.out
    as_json = (await type_command("audit", "windows", "-l", bus.location, "--json", environment=environment)).data
    assert (as_json["location"], as_json["verdict"], as_json["findings"][0]["code"]) == (
        bus.location,
        "failed",
        "outside-acceptable",
    )

    await told_by_a_planner(bus, revision=2, **_tonight())

    async def passed() -> bool:
        said = await verdicts(bus)
        return isinstance(said[-1], AuditPassedV1)

    await eventually(passed, until=bool, within=60)
    assert sum(isinstance(one, AuditFailedV1) for one in await verdicts(bus)) == 1


def _tonight() -> dict[str, Any]:
    """Return the window moved into the night."""
    night = timedelta(hours=10)
    return {
        "not_before": AT_NOON + night,
        "not_after": AT_NOON + night + timedelta(minutes=10),
        "must_end_by": AT_NOON + night + timedelta(minutes=35),
        "change": WindowChange.MOVED,
    }


async def test_machine_that_was_let_in_without_a_window_fails(bus: PlannerBus) -> None:
    machine = f"{bus.location}-m1"
    about = {"location": bus.location, "machine": machine, "customer": bus.owner("acme")}
    window = {"window_id": "nobodys", "revision": 1, "lease_id": f"lease-{machine}"}
    until = {"expires_at": AT_NOON + timedelta(minutes=30), "must_end_by": AT_NOON + timedelta(minutes=35)}
    entered = MachineEnteredV1(
        **bus.envelope(), **about, **window, **until, entered_at=AT_NOON, records=await position(bus.connection)
    )
    await publish(bus.connection, entered, source="planner")

    async def failed() -> AuditFailedV1 | None:
        return next((one for one in await verdicts(bus) if isinstance(one, AuditFailedV1)), None)

    verdict: AuditFailedV1 = await eventually(failed, within=60)
    assert [(one.code, one.machine) for one in verdict.findings] == [("no-such-window", machine)]


async def test_auditor_that_was_killed_goes_on_with_what_it_had_not_said(house: House, bus: PlannerBus) -> None:
    house.auditor.kill()
    await machines_of(bus)[0].granted(not_before=AT_NOON)
    house.auditor.launch()
    house.auditor.wait_until_ready()

    async def passed() -> bool:
        said = await verdicts(bus)
        assert not [one for one in said if isinstance(one, AuditFailedV1)], said
        return any(one.windows == 1 for one in said)

    await eventually(passed, until=bool, within=60)
