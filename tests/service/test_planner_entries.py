"""Machines that enter their windows, stay, leave, and forget to, over the real bus and in hurried time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    WindowGrantedV1,
    WindowWithdrawnV1,
)
from mweek_contracts.fleet import AcceptableWindow, Weekday
from mweek_contracts.request_codes import (
    DenialCode,
    LeaveResult,
    RequestRefusalCode,
    WindowWithdrawnCode,
)
from nats.aio.client import Client

from tests.support.asking_machine import AskingMachine, refusal_of
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import WEEK, PlannerBus
from tests.support.planner_process import PlannerProcess

LATE = {"padding_percent": 1_000}
"""Windows of hours for ten minutes: there is time to enter them, also on a machine with more tests than processors."""


async def machines(bus: PlannerBus, *names: str, policy: dict[str, int] | None = None, **fields: object) -> None:
    await bus.know(bus.policy(**LATE | (policy or {})), *(bus.machine(name, **fields) for name in names))


async def test_machine_enters_renews_and_leaves_and_each_is_told(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1", policy={"lease_minutes": 20})
    machine = AskingMachine(brisk_bus, "m1")
    grant = await machine.granted()
    lease = await machine.entered(grant.window_id)
    assert (lease.window_id, lease.revision, lease.must_end_by) == (grant.window_id, 1, grant.must_end_by)
    assert (lease.expires_at - lease.entered_at, lease.renewable) == (timedelta(minutes=20), True)
    again = (await machine.enter(grant.window_id)).lease
    assert again == lease, "who is in the window already keeps what it has"
    [own] = await machine.windows()
    assert own.lease == lease
    renewed = (await machine.renew(lease)).lease
    assert renewed
    assert renewed.lease_id == lease.lease_id
    assert renewed.expires_at > lease.expires_at
    departure = (await machine.leave(lease, downtime_minutes=6, facts={"kernel": "6.12"})).departure
    assert departure
    assert await machine.windows() == (), "its work is done"
    [entered] = await brisk_bus.said(MachineEnteredV1)
    [left] = await brisk_bus.said(MachineLeftV1)
    assert entered.subject == f"evt.{brisk_bus.location}.adhoc.machine-entered.v1.m1"
    assert (entered.lease_id, entered.expires_at) == (lease.lease_id, lease.expires_at)
    assert (left.lease_id, left.result, left.downtime_minutes, left.overdue) == (
        lease.lease_id,
        LeaveResult.DONE,
        6,
        False,
    )
    assert (left.facts, left.entered_at, left.left_at) == ({"kernel": "6.12"}, lease.entered_at, departure.left_at)


async def test_window_is_entered_neither_early_nor_late_nor_at_an_old_revision(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1")
    machine = AskingMachine(brisk_bus, "m1")
    later = await machine.granted(not_before=(await machine.granted()).must_end_by + timedelta(days=3))
    early = await machine.denied(later.window_id)
    assert (early.code, early.retry_at) == (DenialCode.TOO_EARLY, later.not_before)
    old = await machine.denied(later.window_id, revision=7)
    assert (old.code, old.retry_at) == (DenialCode.SUPERSEDED, None)
    unknown = await machine.denied("no-such-window")
    assert (unknown.code, unknown.retry_at) == (DenialCode.UNKNOWN_WINDOW, None)


async def test_window_that_nobody_enters_is_missed(brisk_bus: PlannerBus) -> None:
    await brisk_bus.know(brisk_bus.policy(), brisk_bus.machine("m1"))
    machine = AskingMachine(brisk_bus, "m1")
    grant = await machine.granted()
    [event] = await brisk_bus.said(WindowWithdrawnV1)
    assert (event.window_id, event.reason, event.revision) == (grant.window_id, WindowWithdrawnCode.MISSED, 2)
    assert event.withdrawn_at > grant.not_after
    assert (await machine.denied(grant.window_id)).code is DenialCode.UNKNOWN_WINDOW
    assert await machine.windows() == ()
    assert (await machine.granted()).window_id != grant.window_id


async def test_machine_that_does_not_leave_is_overdue_and_still_counts_as_down(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1", "m2", policy={"lease_minutes": 5, "capacity": 1})
    one, other = AskingMachine(brisk_bus, "m1"), AskingMachine(brisk_bus, "m2")
    first = await one.granted()
    await brisk_bus.know(brisk_bus.policy(**LATE, lease_minutes=5))
    second = await other.granted()
    await brisk_bus.know(brisk_bus.policy(**LATE, lease_minutes=5, capacity=1))
    lease = await one.entered(first.window_id)
    [overdue] = await brisk_bus.said(MachineOverdueV1)
    assert (overdue.lease_id, overdue.expired_at) == (lease.lease_id, lease.expires_at)
    denial = await other.kept_out(second.window_id)
    assert denial.code is DenialCode.CAPACITY
    assert denial.retry_at
    late = await one.renew(lease)
    assert late.denial
    assert (late.denial.code, late.denial.retry_at) == (DenialCode.TOO_LATE, None)
    await one.leave(lease, LeaveResult.FAILED)
    [left] = await brisk_bus.said(MachineLeftV1)
    assert (left.overdue, left.result) == (True, LeaveResult.FAILED)
    await other.entered(second.window_id)
    assert len(await brisk_bus.said(MachineOverdueV1)) == 1
    assert refusal_of(await one.leave(lease)).code is RequestRefusalCode.UNKNOWN_LEASE


async def test_peer_that_is_down_keeps_others_of_its_group_out(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1", "m2")
    one, other = AskingMachine(brisk_bus, "m1"), AskingMachine(brisk_bus, "m2")
    first, second = await one.granted(), await other.granted()
    # They were granted the same time, and only then made peers: entering is where it is certain.
    await brisk_bus.know(*(brisk_bus.machine(name, redundancy_group="web") for name in ("m1", "m2")))
    lease = await one.entered(first.window_id)
    denial = await other.kept_out(second.window_id)
    assert (denial.code, "m1" in denial.text) == (DenialCode.PEER_DOWN, True)
    await one.leave(lease)
    await other.entered(second.window_id)


async def test_customers_limit_holds_for_those_that_are_down(brisk_bus: PlannerBus) -> None:
    owner = brisk_bus.owner("acme")
    anytime = (AcceptableWindow(days=tuple(Weekday), start="00:00", end="24:00"),)
    await brisk_bus.know(brisk_bus.customer("acme", notice_hours=0, acceptable_windows=anytime))
    await machines(brisk_bus, "m1", "m2", customer=owner)
    one, other = AskingMachine(brisk_bus, "m1"), AskingMachine(brisk_bus, "m2")
    first, second = await one.granted(), await other.granted()
    limited = brisk_bus.customer("acme", notice_hours=0, acceptable_windows=anytime, max_parallel=1)
    await brisk_bus.know(limited)
    await one.entered(first.window_id)
    assert (await other.kept_out(second.window_id)).code is DenialCode.CAPACITY


async def test_machine_that_failed_may_enter_once_more(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1")
    machine = AskingMachine(brisk_bus, "m1")
    grant = await machine.granted()
    lease = await machine.entered(grant.window_id)
    await machine.leave(lease, LeaveResult.FAILED)
    again = await machine.entered(grant.window_id)
    assert again.lease_id != lease.lease_id
    await machine.leave(again, LeaveResult.NOT_NEEDED)
    assert (await machine.denied(grant.window_id)).code is DenialCode.UNKNOWN_WINDOW


async def test_lease_of_another_window_or_machine_is_unknown(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1", "m2")
    one, other = AskingMachine(brisk_bus, "m1"), AskingMachine(brisk_bus, "m2")
    lease = await one.entered((await one.granted()).window_id)
    elsewhere = lease.model_copy(update={"window_id": "another"})
    for machine, wrong in ((other, lease), (one, elsewhere)):
        assert refusal_of(await machine.renew(wrong)).code is RequestRefusalCode.UNKNOWN_LEASE
        assert refusal_of(await machine.leave(wrong)).code is RequestRefusalCode.UNKNOWN_LEASE
    [own] = await one.windows()
    assert own.lease == lease


async def test_window_that_was_entered_is_not_withdrawn(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1")
    machine = AskingMachine(brisk_bus, "m1")
    lease = await machine.entered((await machine.granted()).window_id)
    assert refusal_of(await machine.withdraw(lease.window_id)).code is RequestRefusalCode.ALREADY_OPEN


async def test_windows_of_a_machine_that_retires_are_withdrawn(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1", "m2", redundancy_group="web")
    one, other = AskingMachine(brisk_bus, "m1"), AskingMachine(brisk_bus, "m2")
    first = await one.granted(not_before=(await one.granted()).must_end_by + timedelta(days=3))
    await brisk_bus.know(brisk_bus.removal("m1"))
    gone = await eventually(lambda: brisk_bus.said(WindowWithdrawnV1), lambda told: len(told) == 2)
    assert {event.reason for event in gone} <= {WindowWithdrawnCode.RETIRED, WindowWithdrawnCode.MISSED}
    assert WindowWithdrawnCode.RETIRED in {e.reason for e in gone if e.window_id == first.window_id}
    assert (await other.granted(not_before=first.not_before)).not_before == first.not_before


async def test_machine_that_is_taken_out_of_service_in_its_window_can_still_leave_it(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1")
    machine = AskingMachine(brisk_bus, "m1")
    lease = await machine.entered((await machine.granted()).window_id)
    await brisk_bus.know(brisk_bus.machine("m1", in_service=False))
    [own] = await machine.windows()
    assert own.lease == lease
    assert refusal_of(await machine.enter(own.window_id)).code is RequestRefusalCode.NOT_IN_SERVICE
    assert (await machine.leave(lease)).departure


async def test_window_of_a_week_is_entered_and_left(
    applied_streams: NatsServer, connection: Client, empty_database: str, tmp_path: Path
) -> None:
    """On the Monday, twenty minutes before the first phase opens."""
    planner = PlannerProcess(
        tmp_path,
        nats_url=applied_streams.url,
        database_url=empty_database,
        environment={"MWEEK_CLOCK": "2026-11-30T08:40Z,x300"},
    )
    bus, machine = PlannerBus(connection, "rzob"), AskingMachine(PlannerBus(connection, "rzob"), "m1")
    planner.start()
    try:
        await bus.know(bus.policy(), bus.machine("m1", role="automation", downtime_minutes=30))
        there = (await bus.scheduled(bus.schedule())).windows["m1"]
        [own] = await machine.windows()
        assert (own.week, own.not_before, own.must_end_by) == (WEEK, there.opens_at, there.closes_at)
        assert own.not_after == there.closes_at - timedelta(minutes=35), "its own estimate, and preparation"
        lease = await machine.entered(own.window_id)
        assert there.opens_at <= lease.entered_at
        await machine.leave(lease)
        [entered], [left] = await bus.said(MachineEnteredV1), await bus.said(MachineLeftV1)
        assert entered.subject == f"evt.rzob.{WEEK}.machine-entered.v1"
        assert (entered.week, left.week, left.window_id) == (WEEK, WEEK, f"{WEEK}/m1")
        assert await machine.windows() == ()
    finally:
        planner.stop()


async def test_leases_outlast_a_planner_that_dies(brisk_bus: PlannerBus, brisk_planner: PlannerProcess) -> None:
    await machines(brisk_bus, "m1", "m2", policy={"lease_minutes": 300})
    one, other = AskingMachine(brisk_bus, "m1"), AskingMachine(brisk_bus, "m2")
    first, second = await one.granted(), await other.granted()
    await brisk_bus.know(*(brisk_bus.machine(name, redundancy_group="web") for name in ("m1", "m2")))
    lease = await one.entered(first.window_id)
    brisk_planner.kill()
    brisk_planner.start()
    # The clock of a planner that starts anew begins where the first one began: the window opens once more.
    assert (await other.kept_out(second.window_id)).code is DenialCode.PEER_DOWN
    [own] = await one.windows()
    assert own.lease == lease


async def test_events_of_a_window_follow_each_other(brisk_bus: PlannerBus) -> None:
    await machines(brisk_bus, "m1")
    machine = AskingMachine(brisk_bus, "m1")
    lease = await machine.entered((await machine.granted()).window_id)
    await machine.leave(lease)
    await brisk_bus.said(MachineLeftV1)
    kinds = [type(event) for event in await brisk_bus.events("adhoc")]
    assert kinds == [WindowGrantedV1, MachineEnteredV1, MachineLeftV1]
