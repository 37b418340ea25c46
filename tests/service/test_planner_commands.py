"""The real planner on a real server: commands sent twice, previews, and weeks called off."""

from __future__ import annotations

from typing import Any

import pytest
from mweek_contracts.events import WeekCancelledV1, WeekRefusedV1
from mweek_contracts.message import Message
from mweek_contracts.reasons import RefusalCode, UnplacedCode
from mweek_contracts.windows import Change

from tests.support.planner_bus import WEEK, HeardWeek, PlannerBus


@pytest.fixture
def bus(planner_bus: PlannerBus) -> PlannerBus:
    return planner_bus


def comparable(events: list[Message]) -> list[dict[str, Any]]:
    """Return messages without what makes each one its own."""
    own = {"message_id", "causation_id", "correlation_id", "occurred_at", "scheduled_at", "plan_id", "preview"}
    return [event.model_dump(exclude={*own, "command_id"}) for event in events]


async def test_command_that_is_sent_again_does_nothing_twice(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    command = bus.schedule()
    first = await bus.outcome(command)
    await bus.ask(command.model_copy(update=bus.envelope()))
    after = await bus.scheduled(bus.schedule())
    assert await bus.outcomes_of(command) == [first]
    assert after.scheduled.revision == 2


async def test_refused_command_that_is_sent_again_stays_refused(bus: PlannerBus) -> None:
    command = bus.schedule()
    first = await bus.outcome(command)
    await bus.put(bus.machine("a"))
    await bus.ask(command.model_copy(update=bus.envelope()))
    after = await bus.scheduled(bus.schedule())
    assert await bus.outcomes_of(command) == [first]
    assert after.scheduled.revision == 1


async def test_command_id_of_another_command_is_refused(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    command = bus.schedule()
    first = await bus.outcome(command)
    await bus.ask(bus.schedule("2026-W50", command_id=command.command_id))
    (refused,) = await bus.said(WeekRefusedV1)
    assert (refused.code, refused.week) == (RefusalCode.INVALID_COMMAND, "2026-W50")
    assert await bus.outcomes_of(command) == [first, refused]


async def test_preview_tells_what_the_command_would_do_and_changes_nothing(bus: PlannerBus) -> None:
    await bus.put(*(bus.machine(f"m{number}") for number in range(20)), bus.machine("r", role="router"))
    dry = bus.schedule(dry_run=True, override_notice="just looking")
    preview = await bus.scheduled(dry)
    real = await bus.scheduled(bus.schedule(override_notice="just looking"))
    assert preview.scheduled.plan_id == f"{bus.location}/{WEEK}/preview/{dry.command_id}"
    assert all(message.preview for message in (*preview.parts.assigned, preview.scheduled))
    assert comparable([*preview.parts.assigned, preview.scheduled]) == comparable(
        [*real.parts.assigned, real.scheduled]
    )
    assert (preview.windows, real.scheduled.revision) == ({}, 1)


async def test_preview_of_a_revision_is_told_against_the_plan_that_stands(bus: PlannerBus) -> None:
    await bus.put(bus.machine("stays"), bus.machine("leaves"))
    await bus.outcome(bus.schedule())
    await bus.put(bus.removal("leaves"), bus.machine("joins"))
    preview = await bus.scheduled(bus.schedule(dry_run=True))
    assert set(preview.assigned) == {"joins"}
    assert [w.machine for part in preview.parts.withdrawn for w in part.windows] == ["leaves"]
    assert (preview.scheduled.revision, preview.scheduled.parent_revision) == (2, 1)
    assert set(preview.windows) == {"stays", "leaves"}


async def test_refused_preview_says_that_it_is_one(bus: PlannerBus) -> None:
    refused = await bus.outcome(bus.schedule(dry_run=True))
    assert isinstance(refused, WeekRefusedV1)
    assert (refused.code, refused.preview) == (RefusalCode.UNKNOWN_LOCATION, True)


async def test_preview_for_a_long_command_id_has_a_plan_id_of_its_own(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    plans = set()
    for last in ("x", "y"):
        week = await bus.scheduled(bus.schedule(dry_run=True, command_id="c" * 127 + last))
        plans.add(week.scheduled.plan_id)
    assert len(plans) == 2
    assert all(plan_id.startswith(f"{bus.location}/{WEEK}/preview/") for plan_id in plans)


async def test_cancelled_week_withdraws_every_window(bus: PlannerBus) -> None:
    await bus.put(bus.machine("kyle07", kind="physical", role="kvm-host"), bus.machine("a", host="kyle07"))
    planned = await bus.scheduled(bus.schedule())
    command = bus.cancel(expected_revision=1)
    cancelled = await bus.outcome(command)
    assert isinstance(cancelled, WeekCancelledV1)
    assert (cancelled.plan_id, cancelled.revision) == (f"{bus.location}/{WEEK}/r2", 2)
    assert (cancelled.reason, cancelled.withdrawn, cancelled.withdrawn_parts) == ("a storm is coming", 2, 1)
    week = HeardWeek()
    for event in await bus.events(WEEK):
        week.hear(event)
    assert week.windows == {}
    (part,) = week.parts.withdrawn
    assert {w.machine: (w.opens_at, w.affects, w.reason) for w in part.windows} == {
        name: (window.opens_at, window.affects, UnplacedCode.CANCELLED) for name, window in planned.windows.items()
    }


async def test_cancelled_week_can_be_scheduled_again(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"), bus.machine("b"))
    await bus.outcome(bus.schedule())
    await bus.outcome(bus.cancel())
    again = await bus.scheduled(bus.schedule())
    assert (again.scheduled.revision, again.scheduled.parent_revision) == (3, 2)
    assert {name: window.change for name, window in again.assigned.items()} == {"a": Change.NEW, "b": Change.NEW}


async def test_cancellation_that_is_sent_again_does_nothing_twice(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    await bus.outcome(bus.schedule())
    command = bus.cancel()
    first = await bus.outcome(command)
    await bus.outcome(bus.schedule())
    await bus.ask(command.model_copy(update=bus.envelope()))
    after = await bus.scheduled(bus.schedule())
    assert await bus.outcomes_of(command) == [first]
    assert (after.scheduled.revision, set(after.windows)) == (4, {"a"})
