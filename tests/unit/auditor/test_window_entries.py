"""Who was let in: into the window that stood, at its time, and beside nobody that must not be down as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.ids import at
from tests.support.window_cases import (
    TONIGHT,
    Policy,
    case,
    codes,
    customer,
    findings,
    grant,
    lease,
    machine,
    week_window,
    withdrawal,
)

OPENS = at(TONIGHT)
QUIET = {"notice_patience": timedelta(days=9), "now": OPENS + timedelta(minutes=5)}
"""Nobody has to be told yet."""


def entered(*leases: object, **fields: object) -> list[str]:
    """Return what is wrong where acme01 and acme02 have windows one after the other, unless told otherwise."""
    told = fields.pop("told", (grant(), grant("acme02", opens="2026-11-26T21:35Z", number=2)))
    return codes(case(*told, leases=leases, **{**QUIET, **fields}))


@pytest.mark.parametrize("at_time", [TONIGHT, "2026-11-26T21:10Z"])
def test_a_machine_may_enter_from_the_opening_until_the_latest_start(at_time: str) -> None:
    assert entered(lease(entered=at_time)) == []


@pytest.mark.parametrize("at_time", ["2026-11-26T20:59Z", "2026-11-26T21:11Z"])
def test_an_entry_before_or_after_that_is_found(at_time: str) -> None:
    assert entered(lease(entered=at_time)) == ["outside-window"]


def test_a_lease_that_lasts_longer_than_the_window_is_found() -> None:
    assert entered(lease(must_end_by=OPENS + timedelta(minutes=36))) == ["outside-window"]


def test_an_entry_into_a_window_of_which_nobody_was_told_is_found() -> None:
    [found] = findings(case(grant(), leases=[lease(window_id="w-9")], **QUIET))
    assert (found.code, found.machine) == ("no-such-window", "acme01")
    assert found.text == "acme01 was let into window w-9 Thu 2026-11-26 21:00 UTC, of which nobody was told."


def test_an_entry_after_the_withdrawal_is_found_and_one_before_it_is_not() -> None:
    told = (grant(), withdrawal(number=60))
    assert entered(lease(number=50), told=told) == []
    assert entered(lease(number=70), told=told) == ["no-such-window"]


def test_an_entry_by_a_revision_that_had_been_replaced_is_found() -> None:
    moved = grant(revision=2, opens="2026-11-26T21:00Z", number=40)
    assert entered(lease(revision=2), told=(grant(), moved)) == []
    assert entered(lease(revision=1), told=(grant(), moved)) == ["superseded-window"]
    assert entered(lease(revision=1), told=(grant(), replace(moved, number=60))) == []


def test_two_machines_of_a_customer_that_allows_one_are_found() -> None:
    told = (grant(), grant("acme02", number=2))
    both = [lease(), lease("acme02", number=51)]
    one = {"told": told, "customers": [customer(max_parallel=1)]}
    assert entered(*both, **one) == ["customer-limit", "customer-limit"]  # the windows, and the entries
    [_, found] = findings(case(*told, leases=both, customers=one["customers"], **QUIET))
    assert found.text == (
        "acme02 was let into window w-acme02 Thu 2026-11-26 21:00 UTC while 1 machine of customer acme was down "
        "(acme01), and 1 may be at once."
    )


def test_who_is_up_again_is_in_nobodys_way() -> None:
    """In the order of the stream: by its clock the second planner let acme02 in before acme01 had left."""
    left = lease(left_number=60, left_at=OPENS + timedelta(minutes=9), finished=True)
    later = lease("acme02", number=61, entered="2026-11-26T21:35Z", must_end_by=OPENS + timedelta(minutes=70))
    assert entered(left, later, customers=[customer(max_parallel=1)]) == []
    assert entered(left, replace(later, number=59), customers=[customer(max_parallel=1)]) == ["customer-limit"]


def test_an_overdue_machine_may_still_be_down_until_it_enters_again_or_is_taken_out_of_service() -> None:
    overdue = lease(overdue=True)
    later = lease("acme02", number=61, entered="2026-11-26T21:35Z", must_end_by=OPENS + timedelta(minutes=70))
    limited = {"customers": [customer(max_parallel=1)]}
    assert entered(overdue, later, **limited) == ["customer-limit"]
    again = lease(lease_id="l-2", number=55, entered="2026-11-26T21:09Z", left_number=56, finished=True)
    assert entered(overdue, replace(again, left_at=OPENS + timedelta(minutes=12)), later, **limited) == []
    retired = [machine(in_service=False), machine("acme02")]
    assert entered(overdue, later, machines=retired, told=(grant("acme02", opens="2026-11-26T21:35Z"),), **limited) == [
        "no-such-window"  # acme01's own
    ]


def test_capacity_and_peers_hold_for_entries() -> None:
    later = lease("acme02", number=61, entered="2026-11-26T21:35Z", must_end_by=OPENS + timedelta(minutes=70))
    peers = [machine("acme01", redundancy_group="web"), machine("acme02", redundancy_group="web")]
    assert entered(lease(), later) == []
    assert entered(lease(), later, policy=Policy(capacity=1)) == ["capacity"]
    assert entered(lease(), later, machines=peers) == ["redundancy"]


def test_a_machine_that_is_let_in_twice_is_found() -> None:
    second = lease(lease_id="l-2", number=60)
    assert entered(lease(), second) == ["double-booked"]
    assert entered(lease(left_number=55, left_at=OPENS), second) == []


def test_an_entry_into_a_week_needs_a_window_of_the_plan() -> None:
    of_week = {"week": "2026-W48", "window_id": "2026-W48/acme01"}
    week = {"week_windows": [week_window("acme01", number=3)], "weeks": {"2026-W48": 3}, "told": ()}
    fleet = {"machines": [machine(), machine("acme02")]}
    assert entered(lease(**of_week), **week, **fleet) == []
    assert entered(lease(**of_week, entered="2026-11-26T20:59Z"), **week, **fleet) == ["outside-window"]
    stranger = lease("acme02", week="2026-W48", window_id="2026-W48/acme02")
    assert entered(stranger, **week, **fleet) == ["no-such-window"]
    # A revision that was heard of after the entry may have taken the window away; of an unknown week nothing is known.
    assert entered(stranger, **{**week, "weeks": {"2026-W48": 99}}, **fleet) == []
    assert entered(stranger, **{**week, "weeks": {}}, **fleet) == []


def test_windows_of_weeks_and_of_requests_count_together_at_the_door() -> None:
    week = {"week_windows": [week_window("acme02", number=3)], "weeks": {"2026-W48": 3}}
    down = lease("acme02", week="2026-W48", window_id="2026-W48/acme02", number=40)
    one = {**week, "told": (grant(number=2),), "machines": [machine(), machine("acme02")]}
    assert entered(down, lease(), **one) == []
    assert entered(down, lease(), **one, customers=[customer(max_parallel=1)]) == ["customer-limit"]
