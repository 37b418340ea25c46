"""The real planner on a real server: weeks that are scheduled, changed and told."""

from __future__ import annotations

import pytest
from mweek_contracts.documents import read_fleet
from mweek_contracts.fleet import Blackout
from mweek_contracts.reasons import UnplacedCode
from mweek_contracts.streams import RECORDS
from mweek_contracts.windows import Change, Override

from tests.support.fleets import REFERENCE
from tests.support.ids import at
from tests.support.planner_bus import NOW, WEEK, PlannerBus
from tests.support.planner_patterns import ALL_ON_MONDAY, TWO_DAYS


@pytest.fixture
def bus(planner_bus: PlannerBus) -> PlannerBus:
    return planner_bus


async def test_reference_fleet_gets_the_week_of_the_article(bus: PlannerBus) -> None:
    fleet = read_fleet(REFERENCE)
    owners = {customer.customer: bus.owner(customer.customer) for customer in fleet.customers}
    await bus.put(
        *(bus.customer(c.customer, **c.model_dump(exclude={"customer"})) for c in fleet.customers),
        *(
            bus.machine(**m.model_dump(exclude={"customer"}), customer=owners.get(m.customer or ""))
            for m in fleet.machines
        ),
    )
    week = await bus.scheduled(bus.schedule())
    assert week.phases == [11, 2, 9, 44, 47, 102, 20, 1]
    assert (len(week.windows), week.unplaced) == (236, {})


async def test_messages_of_a_revision_name_what_they_come_from(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"), bus.machine("b", role="router", kind="physical"))
    command = bus.schedule()
    week = await bus.scheduled(command)
    closing = week.scheduled
    assert (closing.plan_id, closing.revision, closing.parent_revision) == (f"{bus.location}/{WEEK}/r1", 1, None)
    assert (closing.preview, closing.command_id, closing.pattern.pattern) == (False, command.command_id, "one-few-many")
    for message in (*week.parts.assigned, closing):
        assert (message.causation_id, message.correlation_id) == (command.message_id, command.correlation_id)
        assert message.plan_id == closing.plan_id
    records = await bus.stream(RECORDS)
    assert (closing.records.stream_created_at, closing.records.sequence) == (records.created_at, records.sequence)
    assert NOW < closing.scheduled_at <= closing.occurred_at


async def test_plan_of_many_machines_is_told_in_parts(bus: PlannerBus) -> None:
    await bus.put(*(bus.machine(f"m{number:04d}", environment="test") for number in range(1_100)))
    week = await bus.scheduled(bus.schedule())
    assert [len(part.windows) for part in week.parts.assigned] == [500, 500, 100]
    assert len(week.windows) == 1_100


async def test_pattern_may_come_with_the_command(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    week = await bus.scheduled(bus.schedule(pattern=ALL_ON_MONDAY))
    window = week.windows["a"]
    assert (window.phase, window.opens_at, window.closes_at) == (
        "monday",
        at("2026-11-30T09:00Z"),
        at("2026-11-30T13:00Z"),
    )
    assert week.scheduled.pattern == ALL_ON_MONDAY


async def test_operators_own_pattern_is_found_by_name(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"), bus.machine("b"), bus.machine("c"))
    week = await bus.scheduled(bus.schedule(pattern="one-then-all"))
    assert week.phases == [1, 2]


async def test_machine_that_went_first_does_not_go_first_again(bus: PlannerBus) -> None:
    await bus.put(*(bus.machine(name) for name in ("a", "b", "c")))
    first = set()
    for week in ("2026-W49", "2026-W50", "2026-W51"):
        heard = await bus.scheduled(bus.schedule(week, pattern="one-then-all"))
        first |= {name for name, window in heard.windows.items() if window.phase == "monday"}
    assert first == {"a", "b", "c"}


async def test_window_of_a_host_names_the_machines_on_it(bus: PlannerBus) -> None:
    await bus.put(
        bus.machine("kyle07", kind="physical", role="kvm-host"),
        bus.machine("a", host="kyle07"),
        bus.machine("b", host="kyle07"),
        bus.machine("gone", host="kyle07", in_service=False),
    )
    week = await bus.scheduled(bus.schedule())
    assert week.windows["kyle07"].affects == ("a", "b")
    assert set(week.windows) == {"kyle07", "a", "b"}


async def test_machine_that_cannot_be_placed_is_said_with_its_reason(bus: PlannerBus) -> None:
    acme = bus.owner("acme")
    all_week = Blackout(starts_at=at("2026-11-29T00:00Z"), ends_at=at("2026-12-07T00:00Z"), reason="fair")
    await bus.put(bus.customer("acme", blackouts=(all_week,)), bus.machine("a", customer=acme), bus.machine("b"))
    week = await bus.scheduled(bus.schedule())
    assert set(week.windows) == {"b"}
    assert {name: (one.customer, one.reason) for name, one in week.unplaced.items()} == {
        "a": (acme, UnplacedCode.BLACKOUT)
    }


async def test_overrides_are_recorded_and_said(bus: PlannerBus) -> None:
    soon = Blackout(starts_at=at("2026-11-29T00:00Z"), ends_at=at("2026-12-07T00:00Z"))
    await bus.put(
        bus.customer("acme", blackouts=(soon,), notice_hours=24 * 20), bus.machine("a", customer=bus.owner("acme"))
    )
    week = await bus.scheduled(bus.schedule(override_blackouts="a hole is open", override_notice="it is urgent"))
    assert set(week.windows) == {"a"}
    assert week.scheduled.overrides == (
        Override(rule="blackouts", reason="a hole is open"),
        Override(rule="notice", reason="it is urgent"),
    )


async def test_revision_tells_only_what_changes(bus: PlannerBus) -> None:
    await bus.put(*(bus.machine(f"m{number}") for number in range(10)))
    first = await bus.scheduled(bus.schedule())
    await bus.put(bus.machine("joins"), bus.removal("m3"), bus.machine("m4", in_service=False))
    second = await bus.scheduled(bus.schedule(expected_revision=1))
    assert (second.scheduled.revision, second.scheduled.parent_revision) == (2, 1)
    assert {name: window.change for name, window in second.assigned.items()} == {"joins": Change.NEW}
    withdrawn = {w.machine: w.reason for part in second.parts.withdrawn for w in part.windows}
    assert withdrawn == {"m3": UnplacedCode.RETIRED, "m4": UnplacedCode.RETIRED}
    stay = set(first.windows) - {"m3", "m4"}
    assert {name: second.windows[name] for name in stay} == {name: first.windows[name] for name in stay}


async def test_window_that_must_move_is_told_with_what_it_was(bus: PlannerBus) -> None:
    acme = bus.owner("acme")
    await bus.put(bus.customer("acme"), bus.machine("a", role="build", customer=acme), bus.machine("b", role="build"))
    first = await bus.scheduled(bus.schedule(pattern=TWO_DAYS))
    monday = Blackout(starts_at=at("2026-11-30T00:00Z"), ends_at=at("2026-12-01T00:00Z"))
    await bus.put(bus.customer("acme", blackouts=(monday,)))
    second = await bus.scheduled(bus.schedule(pattern=TWO_DAYS))
    (moved,) = second.assigned.values()
    assert (moved.machine, moved.change, moved.phase) == ("a", Change.MOVED, "tuesday")
    assert moved.previous is not None
    assert moved.previous.opens_at == first.windows["a"].opens_at


async def test_same_week_again_changes_nothing_and_says_so(bus: PlannerBus) -> None:
    await bus.put(*(bus.machine(f"m{number}") for number in range(10)))
    first = await bus.scheduled(bus.schedule())
    second = await bus.scheduled(bus.schedule())
    assert (second.scheduled.revision, second.parts.assigned, second.parts.withdrawn) == (2, [], [])
    assert second.scheduled.digest == first.scheduled.digest


async def test_weeks_and_locations_do_not_touch_each_other(bus: PlannerBus) -> None:
    elsewhere = PlannerBus(bus.connection, f"{bus.location}-b")
    await bus.put(bus.machine("a"))
    await elsewhere.put(elsewhere.machine("a"), elsewhere.machine("b"))
    here, there, later = (
        await bus.scheduled(bus.schedule()),
        await elsewhere.scheduled(elsewhere.schedule()),
        await bus.scheduled(bus.schedule("2026-W50")),
    )
    assert [set(week.windows) for week in (here, there, later)] == [{"a"}, {"a", "b"}, {"a"}]
    assert [week.scheduled.revision for week in (here, there, later)] == [1, 1, 1]
