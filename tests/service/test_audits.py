"""The auditor as a process on a real bus; its neighbours are messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import nats
import pytest
from mweek_contracts.events import (
    AuditFailedV1,
    AuditOccasion,
    AuditPassedV1,
    FindingCode,
    NoticeFailedV1,
    NoticeKind,
    NoticeSentV1,
)
from mweek_contracts.reasons import UnplacedCode
from mweek_messaging import apply_streams
from nats.aio.client import Client

from tests.support.auditor_process import AuditorProcess
from tests.support.databases import Databases
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer
from tests.support.notifier_bus import NotifierBus
from tests.support.told_week import MONDAY, NOW, TUESDAY, moved, window, withdrawn

pytestmark = pytest.mark.xdist_group("shared-auditor")

CLOCK = f"{NOW:%Y-%m-%dT%H:%MZ}"
GRACE_SECONDS = 15
_locations = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The server of the tests in this file."""
    running = NatsServer(tmp_path_factory.mktemp("auditor-nats")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def auditor(
    server: NatsServer, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AuditorProcess]:
    """The auditor of the tests in this file, not started yet."""
    folder = tmp_path_factory.mktemp("auditor")
    process = AuditorProcess(
        folder,
        nats_url=server.url,
        clock=CLOCK,
        database_url=databases.new(folder, "auditor"),
        MWEEK_AUDITOR_NOTICE_GRACE_SECONDS=str(GRACE_SECONDS),
    )
    yield process
    process.stop()


@pytest.fixture
async def connection(server: NatsServer) -> AsyncIterator[Client]:
    """A neighbour's connection to a server with all streams."""
    client = await nats.connect(server.url)
    await apply_streams(client)
    yield client
    await client.close()


@pytest.fixture
async def bus(connection: Client, auditor: AuditorProcess) -> NotifierBus:
    """A location of its own: one customer with two contacts and three machines."""
    auditor.ensure_running()
    location = NotifierBus(connection, f"dc{next(_locations):02d}")
    await location.customer("acme", contacts=("ops", "boss"), machines=("acme01", "acme02", "acme03"))
    return location


async def schedule(bus: NotifierBus, monday: tuple[str, ...], tuesday: tuple[str, ...]) -> None:
    """Tell a first revision as the planner would: Monday takes one machine, Tuesday the others."""
    owner = bus.name("acme")
    windows = [
        *(window(bus.name(machine), MONDAY, customer=owner) for machine in monday),
        *(window(bus.name(machine), TUESDAY, customer=owner) for machine in tuesday),
    ]
    await bus.say(bus.week.revision(*windows, records=await bus.position(), outside_acceptable=len(monday)))


def notice(bus: NotifierBus, contact: str, revision: int = 1) -> dict[str, object]:
    """Return what every notice event to a contact says."""
    return {
        **bus.week.envelope(),
        **bus.week.place,
        "notice_id": bus.name(f"{contact}-{revision}"),
        "kind": NoticeKind.SCHEDULED,
        "plan_id": f"{bus.location}/2026-W49/r{revision}",
        "revision": revision,
        "customer": bus.name("acme"),
        "contact": bus.address(contact),
    }


async def tell(bus: NotifierBus, *contacts: str, revision: int = 1) -> None:
    """Say that contacts were mailed."""
    for contact in contacts:
        fields = notice(bus, contact, revision)
        sent = NoticeSentV1(**fields, mail_message_id="<1@mweek.example>", sent_at=NOW + timedelta(seconds=1))
        await bus.say((sent,))


async def failed(bus: NotifierBus) -> AuditFailedV1:
    """Wait for the verdict that something is wrong."""
    verdicts = await eventually(lambda: bus.heard(AuditFailedV1), until=bool, within=90)
    return verdicts[-1]


async def passed(bus: NotifierBus, number: int = 1) -> AuditPassedV1:
    """Wait for so many verdicts that all is well, and return the last."""
    verdicts = await eventually(lambda: bus.heard(AuditPassedV1), until=lambda seen: len(seen) >= number, within=90)
    return verdicts[-1]


async def redelivered_soon(connection: Client) -> None:
    """Have the server deliver again after a second what a dead process did not acknowledge."""
    jetstream = connection.jetstream()
    for stream, durable in (("EVENTS", "auditor-events"), ("RECORDS", "auditor-records")):
        config = (await jetstream.consumer_info(stream, durable)).config
        await jetstream.add_consumer(stream, config.evolve(name=durable, ack_wait=1.0))


def codes(verdict: AuditFailedV1) -> list[FindingCode]:
    return [finding.code for finding in verdict.findings]


async def test_good_revision_passes_when_the_last_contact_is_told(bus: NotifierBus, auditor: AuditorProcess) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops")
    assert await bus.heard(AuditPassedV1) == []

    await tell(bus, "boss")

    verdict = await passed(bus)
    assert (verdict.machines, verdict.windows, verdict.customers_told) == (3, 3, 1)
    assert (verdict.plan_id, verdict.occasion) == (f"{bus.location}/2026-W49/r1", AuditOccasion.REVISION)
    report = auditor.command("report", bus.location, "2026-W49")
    assert report.returncode == 0, report.stderr
    assert f"Audit of {bus.location} 2026-W49, revision 1: passed" in report.stdout


async def test_forgotten_machine_fails_at_once(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02",))

    verdict = await failed(bus)

    assert FindingCode.NO_WINDOW in codes(verdict)
    assert bus.name("acme03") in {finding.machine for finding in verdict.findings}
    assert await bus.heard(AuditPassedV1) == []


async def test_quota_that_is_not_kept_fails(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01", "acme02"), ("acme03",))

    assert FindingCode.QUOTA in codes(await failed(bus))


async def test_notice_that_failed_fails_the_audit(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops")
    await bus.say((NoticeFailedV1(**notice(bus, "boss"), reason="550 no such mailbox", attempts=1),))

    verdict = await failed(bus)

    assert codes(verdict) == [FindingCode.NOTICE_FAILED]
    assert "550 no such mailbox" in verdict.findings[0].text


async def test_contact_that_nobody_tells_fails_the_audit_after_the_grace_time(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops")

    verdict = await failed(bus)

    assert codes(verdict) == [FindingCode.NOT_TOLD]
    assert bus.address("boss") in verdict.findings[0].text


async def test_preview_is_judged_at_once_and_changes_nothing(bus: NotifierBus) -> None:
    owner = bus.name("acme")
    windows = [window(bus.name(machine), TUESDAY, customer=owner) for machine in ("acme02", "acme03")]
    first = window(bus.name("acme01"), MONDAY, customer=owner)
    fields = {"records": await bus.position(), "outside_acceptable": 1}
    await bus.say(bus.week.preview(first, *windows, command_id="what-if", **fields))

    verdict = await passed(bus)

    assert verdict.preview
    assert verdict.plan_id == f"{bus.location}/2026-W49/preview/what-if"
    assert verdict.customers_told == 0


async def test_machine_that_joins_after_the_plan_is_found(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops", "boss")
    await passed(bus)

    await bus.machine("acme04", customer=bus.name("acme"))

    verdict = await failed(bus)
    assert verdict.occasion is AuditOccasion.INVENTORY_CHANGED
    assert [(finding.code, finding.machine) for finding in verdict.findings] == [
        (FindingCode.NO_WINDOW, bus.name("acme04"))
    ]


async def test_revision_for_a_joiner_passes_when_its_customer_is_told_again(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops", "boss")
    await passed(bus)
    await bus.machine("acme04", customer=bus.name("acme"))
    await failed(bus)

    joiner = window(bus.name("acme04"), TUESDAY, customer=bus.name("acme"))
    await bus.say(bus.week.revision(joiner, records=await bus.position(), outside_acceptable=1))
    await tell(bus, "ops", "boss", revision=2)

    verdict = await passed(bus, 2)
    assert (verdict.revision, verdict.windows) == (2, 4)


async def test_window_that_moves_without_need_is_found(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops", "boss")
    await passed(bus)

    owner = bus.name("acme")
    swapped = (
        moved(bus.name("acme01"), MONDAY, TUESDAY, customer=owner),
        moved(bus.name("acme02"), TUESDAY, MONDAY, customer=owner),
    )
    await bus.say(bus.week.revision(*swapped, records=await bus.position(), outside_acceptable=1))

    assert FindingCode.NEEDLESS_MOVE in codes(await failed(bus))


async def test_cancelled_week_passes_when_everybody_is_told(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops", "boss")
    await passed(bus)

    gone = [
        withdrawn(bus.name(machine), slot, customer=bus.name("acme"), reason=UnplacedCode.CANCELLED)
        for machine, slot in (("acme01", MONDAY), ("acme02", TUESDAY), ("acme03", TUESDAY))
    ]
    await bus.say(bus.week.cancelled(*gone, reason="the update is not ready"))
    await tell(bus, "ops", "boss", revision=2)

    verdict = await passed(bus, 2)
    assert (verdict.revision, verdict.windows) == (2, 0)


async def test_cancelled_week_with_a_window_left_is_found(bus: NotifierBus) -> None:
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops", "boss")
    await passed(bus)

    gone = withdrawn(bus.name("acme01"), MONDAY, customer=bus.name("acme"), reason=UnplacedCode.CANCELLED)
    await bus.say(bus.week.cancelled(gone, reason="the update is not ready"))

    verdict = await failed(bus)
    assert codes(verdict) == [FindingCode.STILL_SCHEDULED, FindingCode.STILL_SCHEDULED]


async def test_crash_between_plan_and_notices_loses_no_verdict_and_repeats_none(
    bus: NotifierBus, auditor: AuditorProcess
) -> None:
    await redelivered_soon(bus.connection)
    await schedule(bus, ("acme01",), ("acme02", "acme03"))
    await tell(bus, "ops")
    auditor.kill()
    await tell(bus, "boss")
    auditor.start()

    await passed(bus)
    auditor.kill()
    auditor.start()
    await bus.machine("acme04", customer=bus.name("acme"))
    await failed(bus)
    assert len(await bus.heard(AuditPassedV1)) == 1


async def test_week_is_looked_at_before_each_phase_and_at_its_end(
    applied_streams: NatsServer, empty_database: str, tmp_path: Path
) -> None:
    """The week is lived at four hours a second, from a day before its first phase opens."""
    connection = await nats.connect(applied_streams.url)
    bus = NotifierBus(connection, "fast")
    await bus.customer("acme", contacts=("ops",), machines=("acme01", "acme02"))
    owner = bus.name("acme")
    windows = (window(bus.name("acme01"), customer=owner), window(bus.name("acme02"), TUESDAY, customer=owner))
    await bus.say(bus.week.revision(*windows, records=await bus.position(), outside_acceptable=1))
    await tell(bus, "ops")
    clock = f"{MONDAY.opens_at - timedelta(hours=20):%Y-%m-%dT%H:%MZ},x14400"
    process = AuditorProcess(
        tmp_path / "auditor", nats_url=applied_streams.url, clock=clock, database_url=empty_database
    ).start()
    try:
        verdicts = await eventually(lambda: bus.heard(AuditPassedV1), until=lambda seen: len(seen) >= 4, within=120)
    finally:
        process.stop()
        await connection.close()
    assert [verdict.occasion for verdict in verdicts] == [
        AuditOccasion.REVISION,
        AuditOccasion.PHASE_OPENS,
        AuditOccasion.PHASE_OPENS,
        AuditOccasion.WEEK_ENDS,
    ]
