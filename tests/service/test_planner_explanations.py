"""What `explain-window` tells over the real bus: what a wish would get, and which rule closes which hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mweek_contracts.events import WindowGrantedV1, WindowRefusedV1
from mweek_contracts.explanation import Exclusion, PossibleWindow, WindowWish
from mweek_contracts.request_codes import ClosingRule, RequestRefusalCode

from tests.support.asking_machine import AskingMachine, refusal_of
from tests.support.ids import at
from tests.support.planner_bus import NOW, WEEK, PlannerBus
from tests.support.planner_process import PlannerProcess

NIGHT = at("2026-11-20T21:00Z")
"""What a customer accepts first who says nothing and was told twelve hours before."""


@pytest.fixture
async def bus(planner_bus: PlannerBus) -> PlannerBus:
    """A location where machines may ask as often as they like, and ten of them may be down."""
    await planner_bus.know(planner_bus.policy(capacity=10))
    return planner_bus


async def owned(bus: PlannerBus, *names: str, **fields: object) -> list[AskingMachine]:
    """Return machines of a customer that accepts what the default is."""
    await bus.know(bus.customer("acme"), *(bus.machine(name, customer=bus.owner("acme"), **fields) for name in names))
    return [AskingMachine(bus, name) for name in names]


def closed(exclusions: tuple[Exclusion, ...], rule: ClosingRule) -> list[str]:
    """Return what a rule closes first, as text."""
    return [f"{one.starts_at:%a %H:%M}-{one.ends_at:%a %H:%M}" for one in exclusions if one.rule is rule][:2]


async def test_wish_is_told_what_a_request_then_gets_and_nothing_is_booked_or_said(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    explained = await machine.explained(estimated_minutes=20)

    assert (explained.wish, explained.length_minutes) == (WindowWish(estimated_minutes=20), 35)
    assert await machine.windows() == ()
    grant = await machine.granted(estimated_minutes=20)
    told = await bus.said(WindowGrantedV1)
    assert list(await bus.events()) == told, "had the explanation been told of, it would have been told before"
    assert explained.would_get == PossibleWindow(
        not_before=grant.not_before, not_after=grant.not_after, must_end_by=grant.must_end_by
    )
    assert (explained.has, explained.why_none) == (None, None)


async def test_hours_are_closed_by_the_rules_that_close_them(bus: PlannerBus) -> None:
    one, other = await owned(bus, "m1", "m2", redundancy_group="web")
    taken = await one.granted(estimated_minutes=20)
    explained = await other.explained(estimated_minutes=20, deadline=at("2026-11-21T23:00Z"))

    assert explained.looked_until - explained.looked_from > timedelta(days=59, hours=23)
    assert (explained.looked_from >= NOW, explained.is_cut) == (True, False)
    [notice] = [one for one in explained.exclusions if one.rule is ClosingRule.NOTICE]
    assert (notice.starts_at, notice.ends_at) == (explained.looked_from, explained.looked_from + timedelta(hours=12))
    assert closed(explained.exclusions, ClosingRule.ACCEPTABLE_TIMES)[1:] == ["Sat 04:00-Sat 21:00"]
    assert closed(explained.exclusions, ClosingRule.REDUNDANCY) == ["Fri 21:00-Fri 21:35"]
    [deadline] = [one for one in explained.exclusions if one.rule is ClosingRule.DEADLINE]
    assert (deadline.starts_at, deadline.ends_at) == (at("2026-11-21T23:00Z"), explained.looked_until)
    assert [one.rule for one in explained.rules] == [
        ClosingRule.NOTICE,
        ClosingRule.DEADLINE,
        ClosingRule.ACCEPTABLE_TIMES,
        ClosingRule.REDUNDANCY,
    ]
    assert explained.rules[0].text == f"{bus.owner('acme')} is told 12 hours before a window opens"
    assert explained.would_get
    assert explained.would_get.not_before == taken.must_end_by


async def test_wish_that_would_be_refused_is_explained_too(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    explained = await machine.explained(deadline=at("2026-11-20T12:00Z"))

    assert explained.would_get is None
    assert explained.why_none
    assert explained.why_none.code is RequestRefusalCode.DEADLINE_TOO_SOON
    assert explained.why_none.earliest_alternative == NIGHT
    await machine.refused(deadline=at("2026-11-20T12:00Z"))
    assert len(await bus.said(WindowRefusedV1)) == 1, "a refusal is told when it is one"


async def test_earlier_request_does_not_stand_in_its_own_way(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    grant = await machine.granted(estimated_minutes=20, request_id="reboot")
    explained = await machine.explained(earlier_request="reboot")
    another = await machine.explained(estimated_minutes=20)

    assert (explained.has, explained.wish.estimated_minutes) == (grant, 20)
    assert explained.would_get == PossibleWindow(
        not_before=grant.not_before, not_after=grant.not_after, must_end_by=grant.must_end_by
    )
    assert closed(explained.exclusions, ClosingRule.OWN_WINDOW) == []
    assert closed(another.exclusions, ClosingRule.OWN_WINDOW) == ["Fri 21:00-Fri 21:35"]
    assert another.would_get
    assert (another.would_get.window_id, another.would_get.requests) == (grant.window_id, ("reboot",))
    [own] = await machine.windows()
    assert (own.revision, own.must_end_by) == (1, grant.must_end_by)


async def test_one_of_two_requests_would_share_the_window_again(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    first = await machine.granted(request_id="one")
    both = await machine.granted(request_id="two")
    explained = await machine.explained(earlier_request="two")

    assert explained.has == both
    assert explained.would_get == PossibleWindow(
        not_before=both.not_before,
        not_after=both.not_after,
        must_end_by=both.must_end_by,
        window_id=first.window_id,
        requests=("one",),
    )


async def test_window_of_a_week_would_be_shared(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    await bus.scheduled(bus.schedule())
    explained = await machine.explained(not_before=at("2026-11-30T00:00Z"), deadline=at("2026-12-06T00:00Z"))

    assert explained.would_get
    assert (explained.would_get.window_id, explained.would_get.week) == (f"{WEEK}/m1", WEEK)


async def test_request_that_has_no_window_any_more_is_unknown(bus: PlannerBus) -> None:
    one, other = await owned(bus, "m1", "m2")
    grant = await one.granted(request_id="reboot")
    assert refusal_of(await other.explain(earlier_request="reboot")).code is RequestRefusalCode.UNKNOWN_REQUEST
    await one.withdraw(grant.window_id)
    assert refusal_of(await one.explain(earlier_request="reboot")).code is RequestRefusalCode.UNKNOWN_REQUEST


async def test_same_request_id_is_explained_anew_each_time(bus: PlannerBus, shared_planner: PlannerProcess) -> None:
    one, other = await owned(bus, "m1", "m2", redundancy_group="web")
    before = await other.explained(request_id="what-if")
    taken = await one.granted()
    after = await other.explained(request_id="what-if")

    assert before.would_get
    assert after.would_get
    assert (before.would_get.not_before, after.would_get.not_before) == (taken.not_before, taken.must_end_by)
