"""The server's store is lost, rolled back or damaged under running services: each notices, stops, and is brought back.

One week is scheduled, changed and mailed for all tests; each of them damages a copy of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.eventually import eventually, wait_for
from tests.support.house import MONDAY_BEFORE
from tests.support.lost_week import (
    RZOB,
    WEEK,
    What,
    bus_of,
    every_service_is_told_in_its_own_order,
    fleet_with,
    noticed_by_all,
    rebuilt,
    works_on,
)
from tests.support.postgres import PostgresCluster
from tests.support.running_services import SERVICES, RunningServices, clock_from_now
from tests.support.store_damage import flip_a_bit, forget_index, keep_copy, put_back, truncate


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
    services.stop_services()
    services.server.stop()
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
    forget_index(services.server, "RECORDS")  # it would be believed, and the damage be found by who reads there next


def records_truncated(services: RunningServices) -> None:
    truncate(services.server, "RECORDS", to=0.3)
    forget_index(services.server, "RECORDS")


ONE_WORKER, OTHER_WORKER = (pytest.mark.xdist_group(f"lost-streams-{half}") for half in "ab")

DAMAGES: Final = (
    (restored_from_an_older_copy, {"RECORDS", "EVENTS", "DEAD"}),
    (wiped, {"RECORDS", "EVENTS", "DEAD"}),
    (events_truncated, {"EVENTS"}),
    (events_truncated_and_read_from_blocks, {"EVENTS"}),
    (bit_of_events_flipped, {"EVENTS"}),
    (bit_of_records_flipped, {"RECORDS"}),
    (records_truncated, {"RECORDS"}),
)


@ONE_WORKER
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


@OTHER_WORKER
async def test_stream_deleted_and_made_anew_by_hand_while_services_go_on_is_brought_back(
    services: RunningServices,
) -> None:
    before = await What.now(services)
    async with bus_of(services) as bus:
        await bus.jetstream().delete_stream("EVENTS")
    assert services.mweek("streams", "apply").returncode == 0
    # Nobody has looked yet, or not everybody: what is said now lies in the new stream, before what was lost. Who has
    # looked takes the command after the rebuild.
    services.mweek("fleet", "import", str(fleet_with(services.folder, "acme99", "acme98")), "--timeout", "15")
    services.mweek("week", "schedule", WEEK, "--timeout", "15")

    await noticed_by_all(services, {"EVENTS"})
    done = services.mweek_json("streams", "rebuild")
    print("\n".join(step["sentence"] for step in done["steps"]))
    services.wait_until_all_well()

    week = await eventually(lambda: services.mweek_json("week", "show", WEEK), until=is_whole_and_passed, every=1)
    placed = {one["machine"] for one in week["assignments"]} - {one["machine"] for one in before.week["assignments"]}
    assert placed == {"acme98"}
    await every_service_is_told_in_its_own_order(services)
    assert len(services.message_ids()) == len(before.mails) + 1 == len(set(services.message_ids()))
    assert services.mweek_json("streams", "rebuild")["steps"] == []


def is_whole_and_passed(week: dict[str, object]) -> bool:
    """Tell whether all of a week was heard, with a joiner, and the auditor is content."""
    return bool(week["complete"]) and week["windows"] == 238 and week["audit"]["verdict"] == "passed"  # type: ignore[index]


@OTHER_WORKER
async def test_streams_are_brought_back_from_postgresql_just_the_same(
    postgres_cluster: PostgresCluster, tmp_path: Path
) -> None:
    databases = {name: postgres_cluster.new_database() for name in SERVICES}
    services = RunningServices(tmp_path / "house", clock=clock_from_now(MONDAY_BEFORE), databases=databases)
    try:
        await asyncio.to_thread(tell_a_week, services)
        before = await What.now(services)
        services.server.kill()
        services.server.wipe_store()
        services.server.start()
        await noticed_by_all(services, {"RECORDS", "EVENTS", "DEAD"})
        await rebuilt(services, before)
        await works_on(services, before)
    finally:
        services.stop()
