"""The server's store is lost, rolled back or damaged under running services: each notices, stops, and is brought back.

One week is scheduled, changed and mailed for all tests; each of them damages a copy of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import nats
import pytest
from mweek_messaging.rebuild.present import id_of, owner_of, read_all
from mweek_outbox import open_database
from mweek_outbox.sent import read_sent
from nats.aio.client import Client

from tests.support.eventually import eventually, wait_for
from tests.support.house import MONDAY_BEFORE, REPOSITORY
from tests.support.running_services import SERVICES, RunningServices, clock_from_now
from tests.support.store_damage import flip_a_bit, forget_index, keep_copy, put_back, truncate

pytestmark = pytest.mark.xdist_group("lost-streams")

WEEK: Final = "rzob/2026-W49"
NOTICED_WITHIN: Final = 60.0
RZOB: Final = REPOSITORY / "deploy/reference/rzob.yaml"


@pytest.fixture(scope="session")
def told_week(tmp_path_factory: pytest.TempPathFactory) -> RunningServices:
    """A stopped house: two revisions of a week, mails, verdicts, a dead letter, and an older copy of its store."""
    services = RunningServices(tmp_path_factory.mktemp("told") / "house", clock=clock_from_now(MONDAY_BEFORE))
    try:
        tell_a_week(services)
    finally:
        services.stop()
    return services


def tell_a_week(services: RunningServices) -> None:
    """Schedule a week twice, with a copy of the store from in between, and leave a dead letter."""
    services.start()
    services.mweek_json("fleet", "import", str(RZOB))
    services.mweek_json("week", "schedule", WEEK)
    services.stop()
    keep_copy(services.server, services.folder / "older")
    services.server.start()
    services.start_services()
    services.mweek_json("fleet", "import", str(fleet_with(services.folder, "acme99")))
    services.mweek_json("week", "schedule", WEEK)
    asyncio.run(say_what_nobody_can_read(services))
    wait_for(lambda: services.mweek_json("dead", "list")["dead_letters"], within=60)


async def say_what_nobody_can_read(services: RunningServices) -> None:
    """Publish what can only become a dead letter."""
    async with bus_of(services) as bus:
        await bus.jetstream().publish("cmd.rzob.cancel-week.v1", b"{", stream="COMMANDS")


def fleet_with(folder: Path, *joiners: str) -> Path:
    """Write the reference fleet with some machines more, and return its path."""
    path = folder / f"with-{'-'.join(joiners)}.yaml"
    lines = [
        f"  - {{name: {name}, kind: virtual, role: customer, environment: production, customer: acme}}\n"
        for name in joiners
    ]
    path.write_text(RZOB.read_text() + "".join(lines))
    return path


@pytest.fixture
def services(told_week: RunningServices, tmp_path: Path) -> Iterator[RunningServices]:
    """A copy of the told week, running."""
    copy = told_week.copy_to(tmp_path / "house")
    try:
        copy.server.start()
        copy.start_services()
        yield copy
    finally:
        copy.stop()


@asynccontextmanager
async def bus_of(services: RunningServices) -> AsyncIterator[Client]:
    """Give a connection of the test itself."""
    connection = await nats.connect(services.server.url)
    yield connection
    await connection.close()


def restored_from_an_older_copy(services: RunningServices) -> None:
    put_back(services.server, services.folder / "older")


def wiped(services: RunningServices) -> None:
    services.server.wipe_store()


def events_truncated(services: RunningServices) -> None:
    truncate(services.server, "EVENTS", to=0.6)


def events_truncated_and_read_from_blocks(services: RunningServices) -> None:
    truncate(services.server, "EVENTS", to=0.6)
    forget_index(services.server, "EVENTS")


def bit_of_events_flipped(services: RunningServices) -> None:
    flip_a_bit(services.server, "EVENTS", at=0.5)
    forget_index(services.server, "EVENTS")


def bit_of_records_flipped(services: RunningServices) -> None:
    flip_a_bit(services.server, "RECORDS", at=0.5)


def records_truncated(services: RunningServices) -> None:
    truncate(services.server, "RECORDS", to=0.3)
    forget_index(services.server, "RECORDS")


DAMAGES: Final = (
    (restored_from_an_older_copy, {"RECORDS", "EVENTS", "DEAD"}),
    (wiped, {"RECORDS", "EVENTS", "DEAD"}),
    (events_truncated, {"EVENTS"}),
    (events_truncated_and_read_from_blocks, {"EVENTS"}),
    (bit_of_events_flipped, {"EVENTS"}),
    (bit_of_records_flipped, {"RECORDS"}),
    (records_truncated, {"RECORDS"}),
)


@pytest.mark.parametrize(("damage", "streams"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
async def test_damaged_store_is_noticed_by_every_service_and_brought_back(
    services: RunningServices, damage: Callable[[RunningServices], None], streams: set[str]
) -> None:
    before = await What.now(services)
    services.server.kill()
    damage(services)
    services.server.start()

    await noticed_by_all(services, streams)
    await rebuilt(services, before)
    await works_on(services, before)


async def noticed_by_all(services: RunningServices, streams: set[str]) -> None:
    """Wait until every service is red for each of the streams, and says what to type; a minute at most."""
    parts = {f"stream:{stream}" for stream in streams}
    since = time.monotonic()
    red = await eventually(
        services.red, lambda seen: all(parts <= set(seen[name]) for name in SERVICES), within=NOTICED_WITHIN, every=0.2
    )
    print(f"noticed after {time.monotonic() - since:.1f} s")
    for said in red.values():
        assert all("run `mweek streams rebuild`" in said[part] for part in parts), said


async def rebuilt(services: RunningServices, before: What) -> None:
    """Rebuild, and see that all is there again, once and in order, and that nothing was told or decided twice."""
    done = services.mweek_json("streams", "rebuild")
    print("\n".join(step["sentence"] for step in done["steps"]))
    assert done["changed"]
    services.wait_until_all_well()

    after = await What.now(services)
    assert after.mails == before.mails
    assert after.dead == before.dead
    assert without_verdict(after.week) == without_verdict(before.week)
    assert (after.week["audit"]["verdict"], after.week["audit"]["findings"]) == ("passed", [])
    new = {kind for message_id, kind in after.events.items() if message_id not in before.events}
    assert set(before.events) <= set(after.events)
    # The inventory says that it has said its records again, and the auditor looks once more at whom that concerns.
    assert new <= {"fleet-imported", "audit-passed"}
    await every_service_is_told_in_its_own_order(services)

    again = services.mweek_json("streams", "rebuild")
    assert (again["changed"], again["steps"]) == (False, [])


def without_verdict(week: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in week.items() if name not in ("audit", "sequence")}


async def works_on(services: RunningServices, before: What) -> None:
    """See that a further revision is planned, judged and mailed as if nothing had been."""
    unchanged = services.mweek_json("week", "schedule", WEEK)
    assert (unchanged["added"], unchanged["moved"], unchanged["withdrawn"]) == ([], [], [])
    assert unchanged["audit"]["verdict"] == "passed"
    assert unchanged["revision"] == before.week["revision"] + 1

    services.mweek_json("fleet", "import", str(fleet_with(services.folder, "acme99", "acme98")))
    joined = services.mweek_json("week", "schedule", WEEK)
    assert [one["machine"] for one in joined["added"]] == ["acme98"]
    assert (joined["audit"]["verdict"], joined["audit"]["findings"]) == ("passed", [])
    assert services.mweek("audit", WEEK).returncode == 0
    new = await eventually(lambda: len(services.message_ids()) - len(before.mails))
    assert new == 1, "the one contact of acme, once"
    assert len(set(services.message_ids())) == len(services.message_ids())


class What:
    """What everybody sees of the week."""

    def __init__(self, services: RunningServices, events: list[tuple[str, str]]) -> None:
        self.mails = services.message_ids()
        self.week = services.mweek_json("week", "show", WEEK)
        self.dead = [letter["message_id"] for letter in services.mweek_json("dead", "list")["dead_letters"]]
        self.events = dict(events)
        assert len(self.events) == len(events), "an event lies twice in the stream"

    @classmethod
    async def now(cls, services: RunningServices) -> What:
        async with bus_of(services) as bus:
            events = [(id_of(one.headers, one.body), kind_of(one.subject)) async for one in read_all(bus, "EVENTS")]
        return cls(services, events)


def kind_of(subject: str) -> str:
    """Return the kind of an event, e.g. `audit-passed`."""
    return subject.split(".")[3]


async def every_service_is_told_in_its_own_order(services: RunningServices) -> None:
    """Compare the stream with the outboxes: the same messages of each service, in the same order, each once."""
    told: dict[str, list[str]] = {}
    async with bus_of(services) as bus:
        async for one in read_all(bus, "EVENTS"):
            told.setdefault(owner_of(one.headers), []).append(id_of(one.headers, one.body))
    for name, url in services.databases.items():
        database = open_database(url)
        with database.read() as session:
            assert told.get(name, []) == [sent.message_id for sent in read_sent(session, stream="EVENTS")]
        database.close()
