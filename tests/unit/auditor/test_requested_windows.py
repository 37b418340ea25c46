"""What the planner answers is what the auditor finds right; whatever is tampered with is found, by its own name."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mweek_auditor.domain.fleet import Blackout
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.records import Policy
from mweek_auditor.domain.windows.window import Grant, RequestedWindow, windows_by_id
from mweek_timewindows import Window

from tests.support.window_cases import case, customer, findings, grant, histories, lease, machine, said, week_window
from tests.support.window_history import WindowHistory, history_of

EXAMPLES = 60 if settings().derandomize else 600
chances = st.integers(0, 2**32).map(random.Random)
STEP = timedelta(minutes=5)
Tampering = Callable[[WindowHistory, Grant], tuple[WindowCase, str]]
"""Spoils one window that lies ahead; returns the case, and the machine that is to be found."""


@settings(max_examples=EXAMPLES)
@given(chance=chances, actions=st.integers(1, 60))
def test_what_the_planner_answers_is_right(chance: random.Random, actions: int) -> None:
    history = history_of(chance, actions)
    assert findings(history.case()) == ()


def instead(history: WindowHistory, spoilt: Grant, **fields: object) -> WindowCase:
    """Return the case with another grant in the place of one."""
    told = [spoilt if _is_same(one, spoilt) else one for one in history.told]
    return history.case(windows=windows_by_id(told), **fields)


def beside(history: WindowHistory, more: Grant, **fields: object) -> WindowCase:
    """Return the case with one grant more."""
    return history.case(windows=windows_by_id([*history.told, more]), **fields)


def moved(one: Grant, window: Window) -> Grant:
    return replace(one, time=window, latest_start_at=one.latest_start_at + (window.closes_at - one.time.closes_at))


def out_of_the_accepted_time(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    """Shifted to one step beyond the end of what is accepted."""
    calendar = history.customers[one.customer or ""][1].calendar
    assert calendar is not None
    accepted = calendar.occurrences(one.time.opens_at, one.time.opens_at + timedelta(days=1, hours=1))
    assume(accepted[0].length < timedelta(days=1))
    ends = accepted[0].closes_at - (accepted[0].closes_at - one.time.closes_at) % STEP + STEP
    return instead(history, moved(one, Window(ends - one.time.length, ends))), one.machine


def without_notice(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    hours = history.customers[one.customer or ""][1].notice_hours
    assume(hours > 0)
    works = tuple(replace(work, urgent=False) for work in one.works)
    late = one.time.opens_at - timedelta(hours=hours) + timedelta(seconds=1)
    return instead(history, replace(one, granted_at=late, works=works, urgent=False)), one.machine


def in_a_blackout(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    wishes = history.customers[one.customer or ""][1]
    closed = Blackout(one.time.closes_at - timedelta(minutes=1), one.time.closes_at + timedelta(days=1), "sale")
    return _wishing(history, one, blackouts=(*wishes.blackouts, closed)), one.machine


def too_short(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    assume(one.time.length > STEP)
    shorter = Window(one.time.opens_at, one.time.closes_at - STEP)
    return instead(history, replace(one, time=shorter)), one.machine


def off_the_grid(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    minute = timedelta(minutes=1)
    return instead(history, moved(one, Window(one.time.opens_at + minute, one.time.closes_at + minute))), one.machine


def over_after_the_deadline(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    first, *others = one.works
    early = replace(first, deadline=one.time.closes_at - timedelta(seconds=1))
    return instead(history, replace(one, works=(early, *others))), one.machine


def booked_twice(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    return beside(history, replace(one, window_id="again", number=9_999)), one.machine


def with_a_peer(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    fleet = dict(history.machines)
    fleet[one.machine] = replace(fleet[one.machine], redundancy_group="spoilt")
    return _another(history, one, fleet, redundancy_group="spoilt"), "another"


def beyond_the_customers_limit(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    spoilt = _another(history, one, history.machines)
    wishes = replace(history.customers[one.customer or ""][1], max_parallel=1)
    records = replace(spoilt.records, customers={**spoilt.records.customers, wishes.name: said(wishes)})
    return replace(spoilt, records=records), "another"


def beyond_the_capacity(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    spoilt = _another(history, one, history.machines)
    policy = said(replace(spoilt.records.policy.now or Policy(), capacity=1))
    return replace(spoilt, records=replace(spoilt.records, policy=policy)), "another"


def of_a_machine_out_of_service(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    fleet = {**history.machines, one.machine: replace(history.machines[one.machine], in_service=False)}
    return _with_machines(history.case(), fleet), one.machine


def of_a_machine_that_nobody_knows(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    return _with_machines(history.case(), {k: v for k, v in history.machines.items() if k != one.machine}), one.machine


def told_as_another_customers(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    other = next(name for name in history.customers if name != one.customer)
    return instead(history, replace(one, customer=other)), one.machine


def entered_too_soon(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    soon = one.time.opens_at - timedelta(seconds=1)
    return history.case(leases=[_lease(one, entered_at=soon)]), one.machine


def entered_without_a_window(history: WindowHistory, one: Grant) -> tuple[WindowCase, str]:
    return history.case(leases=[_lease(one, window_id="nobodys")]), one.machine


KINDS: dict[str, Tampering] = {
    "outside-acceptable": out_of_the_accepted_time,
    "notice-hours": without_notice,
    "blackout": in_a_blackout,
    "too-short": too_short,
    "off-grid": off_the_grid,
    "request-not-met": over_after_the_deadline,
    "double-booked": booked_twice,
    "redundancy": with_a_peer,
    "customer-limit": beyond_the_customers_limit,
    "capacity": beyond_the_capacity,
    "retired-machine": of_a_machine_out_of_service,
    "unknown-machine": of_a_machine_that_nobody_knows,
    "wrong-customer": told_as_another_customers,
    "outside-window": entered_too_soon,
    "no-such-window": entered_without_a_window,
}


@pytest.mark.parametrize("code", KINDS)
@settings(max_examples=EXAMPLES // 4)
@given(chance=chances)
def test_each_kind_of_tampering_is_found(code: str, chance: random.Random) -> None:
    history = history_of(chance, 30)
    one = chance.choice([*_ahead(history), None])
    assume(one is not None)
    assert one is not None
    assert findings(history.case()) == ()
    spoilt, name = KINDS[code](history, one)
    assert (code, name) in {(found.code.value, found.machine) for found in findings(spoilt)}


def test_five_thousand_machines_are_judged_in_the_time_of_a_look() -> None:
    """A window each, some beside windows of a week, with limits of customers and of the location; told and entered."""
    names = [f"m{number:04d}" for number in range(5_000)]
    told, fleet = [], []
    for number, name in enumerate(names):
        night, turn = divmod(number, 100)
        owner = f"c{number % 50:02d}"
        opens = f"{grant().time.opens_at + timedelta(days=night, minutes=40 * (turn // 10)):%Y-%m-%dT%H:%MZ}"
        told.append(
            grant(
                name,
                opens,
                customer=owner,
                number=number,
            )
        )
        fleet.append(machine(name, customer=owner, redundancy_group=f"g{number % 2_500}"))
    owners = [customer(f"c{number:02d}", max_parallel=1, notice_hours=0) for number in range(50)]
    week = [week_window(name, "2026-11-27T03:00Z", number=99_999) for name in names]
    leases = [
        lease(
            one.machine,
            customer=one.customer,
            entered_at=one.time.opens_at,
            must_end_by=one.time.closes_at,
            number=10_000 + 2 * one.number,
            left_number=10_001 + 2 * one.number,
            finished=True,
            left_at=one.time.closes_at,
        )
        for one in told
    ]
    whole = case(*told, machines=fleet, customers=owners, policy=Policy(capacity=10), week_windows=week, leases=leases)
    began = process_time()
    assert findings(whole) == ()
    assert process_time() - began < 5, "it takes about 1.3 s on one core of a small, busy virtual machine"


def _ahead(history: WindowHistory) -> list[Grant]:
    """Return windows of customers that stand, lie ahead, were told once, and finished nowhere."""
    windows: list[RequestedWindow] = history.case().requested  # type: ignore[assignment]
    alone = [one.grant for one in windows if one.stands and len(one.grants) == 1]
    return [one for one in alone if one.customer is not None and one.time.opens_at > history.now]


def _another(history: WindowHistory, one: Grant, fleet: dict[str, object], **fields: object) -> WindowCase:
    """Return the case with a machine more that has a window at the same time, decided last."""
    added = machine("another", customer=one.customer, **fields)
    more = replace(one, machine="another", window_id="another", number=9_999)
    return _with_machines(beside(history, more), {**fleet, "another": added})


def _with_machines(spoilt: WindowCase, fleet: dict[str, object]) -> WindowCase:
    return replace(spoilt, records=replace(spoilt.records, machines=histories(fleet.values())))


def _wishing(history: WindowHistory, one: Grant, **wishes: object) -> WindowCase:
    spoilt = history.case()
    wish = replace(history.customers[one.customer or ""][1], **wishes)
    return replace(
        spoilt, records=replace(spoilt.records, customers={**spoilt.records.customers, wish.name: said(wish)})
    )


def _lease(one: Grant, **fields: object) -> object:
    values = {"customer": one.customer, "window_id": one.window_id, "number": 9_999}
    times = {"entered_at": one.time.opens_at, "must_end_by": one.time.closes_at}
    return lease(one.machine, **{**values, **times, **fields})


def _is_same(one: object, other: Grant) -> bool:
    return isinstance(one, Grant) and (one.window_id, one.revision) == (other.window_id, other.revision)
