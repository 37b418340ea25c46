"""Windows that machines request, over the real bus: granted, shared, refused, withdrawn, and told of."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from mweek_contracts.events import WindowGrantedV1, WindowRefusedV1, WindowWithdrawnV1
from mweek_contracts.replies import WindowReplyV1
from mweek_contracts.request_codes import (
    ActivityKind,
    RequestRefusalCode,
    WindowChange,
    WindowWithdrawnCode,
)
from mweek_contracts.requests import Activity

from tests.support.asking_machine import AskingMachine, refusal_of
from tests.support.ids import at
from tests.support.planner_bus import NOW, WEEK, PlannerBus
from tests.support.planner_process import PlannerProcess

NIGHT = at("2026-11-20T21:00Z")
"""What a customer accepts first who says nothing and was told twelve hours before."""


@pytest.fixture
async def bus(planner_bus: PlannerBus) -> PlannerBus:
    """A location where machines may ask as often as they like."""
    await planner_bus.know(planner_bus.policy())
    return planner_bus


async def owned(bus: PlannerBus, *names: str, **fields: object) -> list[AskingMachine]:
    """Return machines of a customer that accepts what the default is."""
    await bus.know(bus.customer("acme"), *(bus.machine(name, customer=bus.owner("acme"), **fields) for name in names))
    return [AskingMachine(bus, name) for name in names]


async def test_machine_gets_the_earliest_window_and_its_customer_can_be_told(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    wish = machine.wish(activities=(Activity(name="kernel 6.12", kind=ActivityKind.REBOOT, estimated_minutes=10),))
    reply = WindowReplyV1.model_validate_json(await machine.raw(wish))
    assert reply.grant
    assert (reply.grant.revision, reply.grant.week, reply.grant.requests) == (1, None, (wish.request_id,))
    assert (reply.grant.not_before, reply.grant.must_end_by) == (NIGHT, NIGHT + timedelta(minutes=20))
    assert reply.grant.not_after == NIGHT + timedelta(minutes=5)
    [event] = await bus.said(WindowGrantedV1)
    assert event.subject == f"evt.{bus.location}.adhoc.window-granted.v1.m1"
    assert (event.window_id, event.customer, event.change) == (
        reply.grant.window_id,
        bus.owner("acme"),
        WindowChange.NEW,
    )
    assert (event.significant, event.reboots, event.previous, event.request_id) == (True, True, None, wish.request_id)
    [work] = event.requests
    assert (work.activities, work.estimated_minutes, work.requested_at) == (wish.activities, 10, reply.answered_at)
    [own] = await machine.windows()
    assert (own.window_id, own.revision, own.not_before, own.lease) == (
        reply.grant.window_id,
        1,
        NIGHT,
        None,
    )


async def test_repeated_request_gets_the_same_reply_after_a_restart_as_well(
    bus: PlannerBus, shared_planner: PlannerProcess
) -> None:
    [machine] = await owned(bus, "m1")
    wish = machine.wish()
    first = await machine.raw(wish)
    assert await machine.raw(wish) == first
    shared_planner.stop()
    shared_planner.start()
    assert await machine.raw(wish) == first
    assert len(await machine.windows()) == 1
    assert len(await bus.said(WindowGrantedV1)) == 1


async def test_window_is_remembered_by_a_planner_that_starts_anew(
    bus: PlannerBus, shared_planner: PlannerProcess
) -> None:
    one, other = await owned(bus, "m1", "m2", redundancy_group="web")
    first = await one.granted()
    shared_planner.kill()
    shared_planner.start()
    assert (await other.granted()).not_before == first.must_end_by


async def test_requests_of_one_machine_share_a_window(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    first = await machine.granted()
    joined = await machine.granted(activities=(Activity(name="firmware", kind=ActivityKind.REBOOT),))
    assert (joined.window_id, joined.revision, joined.not_before) == (first.window_id, 2, first.not_before)
    assert joined.requests[0] == first.requests[0]
    assert joined.must_end_by - joined.not_before == timedelta(minutes=35)
    event = (await bus.said(WindowGrantedV1, number=2))[-1]
    assert (event.change, event.revision, event.significant) == (WindowChange.JOINED, 2, True)
    assert event.previous
    assert (event.previous.must_end_by, event.estimated_minutes) == (first.must_end_by, 20)


async def test_one_request_that_is_withdrawn_leaves_the_window_to_the_other(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    first, second = await machine.granted(), await machine.granted()
    reply = await machine.withdraw(first.window_id, *first.requests)
    assert reply.withdrawal
    assert reply.withdrawal.remaining
    assert (reply.withdrawal.remaining.revision, reply.withdrawal.remaining.requests) == (3, second.requests[1:])
    assert reply.withdrawal.remaining.must_end_by == first.must_end_by
    event = (await bus.said(WindowGrantedV1, number=3))[-1]
    assert (event.change, event.significant, event.revision) == (WindowChange.LEFT, False, 3)


async def test_window_that_is_withdrawn_is_free_for_others(bus: PlannerBus) -> None:
    one, other = await owned(bus, "m1", "m2", redundancy_group="web")
    first = await one.granted()
    reply = await one.withdraw(first.window_id)
    assert reply.withdrawal
    assert reply.withdrawal.remaining is None
    [event] = await bus.said(WindowWithdrawnV1)
    assert (event.reason, event.revision, event.requests) == (
        WindowWithdrawnCode.REQUESTED,
        2,
        first.requests,
    )
    assert event.subject == f"evt.{bus.location}.adhoc.window-withdrawn.v1.m1"
    assert await one.windows() == ()
    assert (await other.granted()).not_before == first.not_before


async def test_withdrawing_what_is_not_there_is_refused(bus: PlannerBus) -> None:
    one, other = await owned(bus, "m1", "m2")
    first = await one.granted()
    for machine, window_id in ((one, "no-such-window"), (other, first.window_id)):
        refusal = refusal_of(await machine.withdraw(window_id))
        assert refusal.code is RequestRefusalCode.UNKNOWN_WINDOW
    refusal = refusal_of(await one.withdraw(first.window_id, "no-such-request"))
    assert refusal.code is RequestRefusalCode.BAD_REQUEST
    assert [problem.place for problem in refusal.problems] == ["withdrawn[0]"]
    assert len(await one.windows()) == 1


async def test_peers_customers_limit_and_capacity_hold_for_windows(bus: PlannerBus) -> None:
    await bus.know(bus.policy(capacity=3), bus.customer("acme", max_parallel=2))
    names = ("a1", "a2", "a3", "own1", "own2", "p1", "p2")
    await bus.know(
        *(bus.machine(name, customer=bus.owner("acme")) for name in names[:3]),
        *(bus.machine(name) for name in names[3:5]),
        *(bus.machine(name, redundancy_group="pair") for name in names[5:]),
    )
    opened = [(await AskingMachine(bus, name).granted(not_before=NIGHT)).not_before for name in names]
    length = timedelta(minutes=20)
    assert opened[:3] == [NIGHT, NIGHT, NIGHT + length], "two of the customer's at once"
    assert opened[3:5] == [NIGHT, NIGHT + length], "three of the location at once"
    assert opened[5:] == [NIGHT + length, NIGHT + 2 * length], "one of a group at once"


async def test_refusal_says_why_and_what_would_help_and_is_told(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    refusal = await machine.refused(deadline=at("2026-11-20T12:00Z"))
    assert (refusal.code, refusal.earliest_alternative) == (RequestRefusalCode.DEADLINE_TOO_SOON, NIGHT)
    [event] = await bus.said(WindowRefusedV1)
    assert (event.code, event.request.deadline, event.earliest_alternative) == (
        refusal.code,
        at("2026-11-20T12:00Z"),
        NIGHT,
    )
    assert event.subject == f"evt.{bus.location}.adhoc.window-refused.v1.m1"
    assert await machine.windows() == ()


async def test_refusals_have_the_codes_of_the_contract(bus: PlannerBus) -> None:
    [machine] = await owned(bus, "m1")
    codes = {
        RequestRefusalCode.TOO_LONG: {"estimated_minutes": 9 * 60},
        RequestRefusalCode.DEADLINE_IN_PAST: {"deadline": at("2026-11-19T08:00Z")},
        RequestRefusalCode.NO_ACCEPTABLE_TIME: {"deadline": NIGHT - timedelta(minutes=10)},
    }
    assert {code: (await machine.refused(**fields)).code for code, fields in codes.items()} == {c: c for c in codes}
    first = await machine.granted(estimated_minutes=200)
    taken = {"estimated_minutes": 200, "deadline": first.must_end_by + timedelta(hours=2)}
    assert (await machine.refused(**taken)).code is RequestRefusalCode.NO_CAPACITY


async def test_machine_that_is_unknown_or_out_of_service_is_refused(bus: PlannerBus) -> None:
    await bus.know(bus.machine("idle", in_service=False), bus.machine("gone"))
    await bus.know(bus.removal("gone"))
    assert (await AskingMachine(bus, "idle").refused()).code is RequestRefusalCode.NOT_IN_SERVICE
    for name in ("gone", "nobody"):
        assert (await AskingMachine(bus, name).refused()).code is RequestRefusalCode.UNKNOWN_MACHINE


async def test_urgent_request_does_not_wait_for_the_notice_and_that_is_told(bus: PlannerBus) -> None:
    await bus.know(bus.customer("acme", notice_hours=100), bus.machine("m1", customer=bus.owner("acme")))
    machine = AskingMachine(bus, "m1")
    assert (await machine.granted(urgent=True)).not_before == NIGHT
    [event] = await bus.said(WindowGrantedV1)
    assert event.urgent


async def test_hosts_window_names_the_machines_that_it_affects(bus: PlannerBus) -> None:
    await bus.know(
        bus.machine("kyle", kind="physical", role="kvm-host"),
        bus.machine("v2", host="kyle"),
        bus.machine("v1", host="kyle"),
        bus.machine("v3", host="kyle", in_service=False),
    )
    await AskingMachine(bus, "kyle").granted()
    [event] = await bus.said(WindowGrantedV1)
    assert event.affects == ("v1", "v2")


async def test_request_joins_the_window_of_a_week_and_leaves_it_again(bus: PlannerBus) -> None:
    await bus.know(bus.machine("m1"), bus.machine("m2"))
    week = await bus.scheduled(bus.schedule())
    there = week.windows["m1"]
    machine = AskingMachine(bus, "m1")
    [own] = await machine.windows()
    assert (own.window_id, own.week, own.revision, own.requests) == (f"{WEEK}/m1", WEEK, 1, ())
    joined = await machine.granted(not_before=there.opens_at)
    assert (joined.window_id, joined.week, joined.revision) == (f"{WEEK}/m1", WEEK, 2)
    assert (joined.not_before, joined.must_end_by) == (there.opens_at, there.closes_at)
    [event] = await bus.said(WindowGrantedV1)
    assert event.subject == f"evt.{bus.location}.{WEEK}.window-granted.v1"
    reply = await machine.withdraw(joined.window_id)
    assert reply.withdrawal
    assert reply.withdrawal.remaining
    assert (reply.withdrawal.remaining.requests, reply.withdrawal.remaining.revision) == ((), 3)


async def test_windows_of_a_week_count_for_peers(bus: PlannerBus) -> None:
    await bus.know(*(bus.machine(name, redundancy_group="web") for name in ("m1", "m2")))
    week = await bus.scheduled(bus.schedule())
    there = week.windows["m1"]
    other = await AskingMachine(bus, "m2").granted(not_before=there.opens_at, deadline=None, urgent=True)
    assert other.not_before >= there.closes_at


async def test_policy_says_how_long_windows_are(bus: PlannerBus) -> None:
    await bus.know(bus.machine("m1"), bus.policy(padding_percent=100, preparation_minutes=20))
    grant = await AskingMachine(bus, "m1").granted(estimated_minutes=10)
    assert grant.must_end_by - grant.not_before == timedelta(minutes=60)
    assert grant.must_end_by - grant.not_after == timedelta(minutes=30)


async def test_machine_that_floods_is_told_to_wait_as_the_policy_says(bus: PlannerBus) -> None:
    await bus.know(bus.machine("m1"), bus.policy(requests_per_minute=6))
    machine = AskingMachine(bus, "m1")
    codes = set()
    for _ in range(15):
        reply = json.loads(await machine.raw(machine.wish(not_before=NOW)))
        codes.add(reply["refusal"] and reply["refusal"]["code"])
    assert codes == {None, "too_many_requests"}
