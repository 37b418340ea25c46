"""The real planner on a real server: machines that came or went, as the auditor finds them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mweek_contracts.events import FindingCode, WeekCancelledV1, WeekScheduledV1
from mweek_contracts.fleet import Blackout
from mweek_contracts.reasons import PlacementCode, UnplacedCode
from mweek_contracts.windows import Override

from tests.support.ids import at
from tests.support.planner_bus import PlannerBus
from tests.support.planner_patterns import ALL_ON_MONDAY
from tests.support.planner_process import PlannerProcess


@pytest.fixture
def bus(planner_bus: PlannerBus) -> PlannerBus:
    return planner_bus


async def test_machine_that_the_auditor_finds_without_window_gets_one(bus: PlannerBus) -> None:
    await bus.put(*(bus.machine(f"m{number}") for number in range(5)))
    first = await bus.scheduled(bus.schedule())
    await bus.put(bus.machine("joins"))
    failed = bus.audit_failed(first.scheduled, (FindingCode.NO_WINDOW, "joins"))
    await bus.audit(failed)
    closing = (await bus.said(WeekScheduledV1, number=2))[1]
    week = await bus.heard(closing)
    assert (closing.revision, closing.parent_revision, closing.command_id) == (2, 1, None)
    assert (closing.causation_id, closing.correlation_id) == (failed.message_id, failed.correlation_id)
    assert {name: window.reason for name, window in week.assigned.items()} == {"joins": PlacementCode.JOINED}


@pytest.mark.parametrize("code", [FindingCode.RETIRED_MACHINE, FindingCode.UNKNOWN_MACHINE])
async def test_machine_that_the_auditor_finds_gone_loses_its_window(bus: PlannerBus, code: FindingCode) -> None:
    await bus.put(bus.machine("stays"), bus.machine("leaves"))
    first = await bus.scheduled(bus.schedule())
    await bus.put(bus.removal("leaves"))
    await bus.audit(bus.audit_failed(first.scheduled, (code, "leaves")))
    week = await bus.heard((await bus.said(WeekScheduledV1, number=2))[1])
    assert set(week.windows) == {"stays"}


async def test_repair_keeps_pattern_and_override_of_blackouts(bus: PlannerBus) -> None:
    acme = bus.owner("acme")
    fair = Blackout(starts_at=at("2026-11-29T00:00Z"), ends_at=at("2026-12-07T00:00Z"), reason="fair")
    await bus.put(bus.customer("acme", blackouts=(fair,)), bus.machine("a", customer=acme))
    first = await bus.scheduled(bus.schedule(pattern="one-then-all", override_blackouts="a hole is open"))
    await bus.put(bus.machine("joins"))
    await bus.audit(bus.audit_failed(first.scheduled, (FindingCode.NO_WINDOW, "joins")))
    week = await bus.heard((await bus.said(WeekScheduledV1, number=2))[1])
    assert (set(week.assigned), set(week.windows)) == ({"joins"}, {"a", "joins"})
    assert week.scheduled.pattern == first.scheduled.pattern
    assert week.scheduled.overrides == (Override(rule="blackouts", reason="a hole is open"),)


async def test_joiner_that_cannot_be_placed_is_said_once(bus: PlannerBus, shared_planner: PlannerProcess) -> None:
    await bus.put(bus.machine("a"))
    first = await bus.scheduled(bus.schedule(pattern=ALL_ON_MONDAY))
    await bus.put(bus.machine("joins", downtime_minutes=600))
    await bus.audit(bus.audit_failed(first.scheduled, (FindingCode.NO_WINDOW, "joins")))
    second = await bus.heard((await bus.said(WeekScheduledV1, number=2))[1])
    assert (second.unplaced["joins"].reason, set(second.windows)) == (UnplacedCode.TOO_LONG, {"a"})
    await bus.audit(bus.audit_failed(second.scheduled, (FindingCode.NO_WINDOW, "joins")))
    await assert_next_revision(bus, 3)
    (said,) = logged(shared_planner, "audit-not-repaired", second.scheduled.plan_id)
    assert (said["level"], said["why"]) == ("warning", "it was repaired before, in just this inventory")


async def test_findings_that_planning_again_does_not_change_make_no_revision(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    first = await bus.scheduled(bus.schedule())
    for _ in range(3):
        await bus.audit(bus.audit_failed(first.scheduled, (FindingCode.NO_WINDOW, "a")))
    await assert_next_revision(bus, 2)


async def test_audits_of_previews_of_old_revisions_and_of_cancelled_weeks_make_no_revision(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    first = await bus.scheduled(bus.schedule())
    await bus.outcome(bus.schedule())
    preview = await bus.scheduled(bus.schedule(dry_run=True))
    cancelled = await bus.outcome(bus.cancel())
    assert isinstance(cancelled, WeekCancelledV1)
    await bus.put(bus.machine("joins"))
    missing = (FindingCode.NO_WINDOW, "joins")
    await bus.audit(bus.audit_failed(first.scheduled, missing))
    await bus.audit(bus.audit_failed(preview.scheduled, missing))
    await bus.audit(bus.audit_failed(first.scheduled, missing, plan_id=cancelled.plan_id, revision=3))
    await assert_next_revision(bus, 4)


async def test_findings_that_need_a_person_make_no_revision(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    first = await bus.scheduled(bus.schedule())
    await bus.put(bus.machine("joins"))
    await bus.audit(bus.audit_failed(first.scheduled, (FindingCode.QUOTA, None), (FindingCode.NOT_TOLD, "a")))
    await assert_next_revision(bus, 2)


def logged(planner: PlannerProcess, event: str, plan_id: str) -> list[dict[str, Any]]:
    """Return what the planner logged of an event about a plan."""
    lines = [json.loads(line) for line in planner.log.splitlines() if event in line]
    return [line for line in lines if line["event"] == event and line["plan_id"] == plan_id]


async def assert_next_revision(bus: PlannerBus, number: int) -> None:
    """See that the audits said so far made no revision: they are dealt with, and the next command makes this one."""
    await bus.events_are_handled()
    assert (await bus.scheduled(bus.schedule())).scheduled.revision == number
