"""A week that is planned where machines have windows of their own, and windows that a week's revision moves."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from mweek_contracts.events import WindowGrantedV1, WindowWithdrawnV1
from mweek_contracts.pattern import Entry, Pattern, PatternPhase, Selector, Take
from mweek_contracts.request_codes import DenialCode, WindowChange, WindowWithdrawnCode

from tests.support.asking_machine import AskingMachine
from tests.support.ids import at
from tests.support.planner_bus import WEEK, PlannerBus

MONDAY = at("2026-11-30T09:00Z")


def one_phase(opens: str, lasts: str = "4h") -> Pattern:
    """Return a week in which all machines have the same window."""
    entry = Entry(select=Selector(role=("customer",)), take=Take.ALL)
    phase = PatternPhase(name="all-of-them", opens=opens, lasts=lasts, takes=(entry,))
    return Pattern(pattern="at-once", phases=(phase,))


@pytest.fixture
async def machine(planner_bus: PlannerBus) -> AskingMachine:
    """A machine of the operator's own, which may ask as often as it likes."""
    await planner_bus.know(planner_bus.policy(), planner_bus.machine("m1"))
    return AskingMachine(planner_bus, "m1")


async def test_week_meets_the_requests_of_a_window_that_would_open_later(machine: AskingMachine) -> None:
    later = await machine.granted(not_before=MONDAY, deadline=MONDAY + timedelta(days=9))
    assert later.week is None
    await machine.bus.scheduled(machine.bus.schedule(pattern=one_phase("mon 09:00")))
    [own] = await machine.windows()
    assert (own.window_id, own.requests, own.revision) == (f"{WEEK}/m1", later.requests, 2)
    [event] = await machine.bus.said(WindowWithdrawnV1)
    assert (event.window_id, event.reason, event.week) == (later.window_id, WindowWithdrawnCode.JOINED_WEEK, None)
    granted = (await machine.bus.said(WindowGrantedV1, number=2))[-1]
    assert (granted.change, granted.week, granted.request_id) == (WindowChange.JOINED, WEEK, None)
    assert (await machine.denied(later.window_id)).code is DenialCode.UNKNOWN_WINDOW


@pytest.mark.parametrize(
    "wish",
    [
        {"deadline": MONDAY + timedelta(hours=1)},
        {"not_before": MONDAY + timedelta(hours=3), "deadline": MONDAY + timedelta(hours=9)},
        {"not_before": MONDAY, "estimated_minutes": 300},
        {"not_before": MONDAY - timedelta(hours=5)},
    ],
    ids=["over too late", "opens too soon", "too short", "it is sooner itself"],
)
async def test_window_stays_where_the_week_does_not_meet_its_requests(
    machine: AskingMachine, wish: dict[str, object]
) -> None:
    before = await machine.granted(**wish)
    await machine.bus.scheduled(machine.bus.schedule(pattern=one_phase("mon 09:00")))
    assert {own.window_id for own in await machine.windows()} == {before.window_id, f"{WEEK}/m1"}


async def test_requests_go_with_the_week_that_is_moved(machine: AskingMachine) -> None:
    bus = machine.bus
    await bus.scheduled(bus.schedule(pattern=one_phase("mon 09:00")))
    joined = await machine.granted(not_before=MONDAY)
    await bus.scheduled(bus.schedule(pattern=one_phase("tue 09:00")))
    [own] = await machine.windows()
    assert (own.window_id, own.requests, own.revision) == (f"{WEEK}/m1", joined.requests, 3)
    assert own.not_before == MONDAY + timedelta(days=1)
    moved = (await bus.said(WindowGrantedV1, number=2))[-1]
    assert (moved.change, moved.significant, moved.revision) == (WindowChange.MOVED, True, 3)
    assert moved.previous
    assert moved.previous.not_before == MONDAY


@pytest.mark.parametrize("how", ["moved too late", "cancelled"])
async def test_requests_of_a_week_that_does_not_meet_them_any_more_get_another_window(
    machine: AskingMachine, how: str
) -> None:
    bus = machine.bus
    await bus.scheduled(bus.schedule(pattern=one_phase("mon 09:00")))
    joined = await machine.granted(not_before=MONDAY, deadline=MONDAY + timedelta(hours=6))
    assert joined.week == WEEK
    again = bus.cancel() if how == "cancelled" else bus.schedule(pattern=one_phase("thu 09:00"))
    await bus.outcome(again)
    [own] = [own for own in await machine.windows() if own.requests]
    assert (own.week, own.requests, own.not_before) == (None, joined.requests, MONDAY)
    granted = (await bus.said(WindowGrantedV1, number=2))[-1]
    assert (granted.window_id, granted.change, granted.request_id) == (own.window_id, WindowChange.NEW, None)


async def test_request_without_any_other_time_is_told_that_it_has_none(machine: AskingMachine) -> None:
    bus = machine.bus
    await bus.know(bus.customer("acme", notice_hours=24 * 30), bus.machine("m2", customer=bus.owner("acme")))
    override = {"override_notice": "agreed on the phone"}
    await bus.scheduled(bus.schedule(pattern=one_phase("mon 09:00"), **override))
    other = AskingMachine(bus, "m2")
    joined = await other.granted(deadline=MONDAY + timedelta(hours=6))
    await bus.outcome(bus.cancel())
    [event] = await bus.said(WindowWithdrawnV1)
    assert (event.window_id, event.week, event.reason) == (
        joined.window_id,
        WEEK,
        WindowWithdrawnCode.NO_ACCEPTABLE_TIME,
    )
    assert event.requests == joined.requests
    assert await other.windows() == ()


async def test_weeks_and_requests_at_once_leave_every_request_one_window(machine: AskingMachine) -> None:
    bus = machine.bus
    names = [f"n{number:02d}" for number in range(20)]
    await bus.know(*(bus.machine(name) for name in names))
    others = [AskingMachine(bus, name) for name in names]
    commands = [bus.schedule(pattern=one_phase(day)) for day in ("mon 09:00", "tue 09:00", "mon 13:00")]
    grants, _ = await asyncio.gather(
        asyncio.gather(*(other.granted(not_before=MONDAY - timedelta(hours=1)) for other in others)),
        bus.ask(*commands),
    )
    for command in commands:
        await bus.outcome_of(command)
    for other, grant in zip(others, grants, strict=True):
        [own] = [own for own in await other.windows() if own.requests]
        assert own.requests == grant.requests
