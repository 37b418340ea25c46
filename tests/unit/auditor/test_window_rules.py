"""Each rule of requested windows: kept, it says nothing; broken, it says just that, with the place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mweek_auditor.domain.windows.history import History, Version
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow

from tests.support.ids import at
from tests.support.window_cases import (
    NOW,
    POSITION,
    TONIGHT,
    Change,
    Policy,
    Position,
    Work,
    case,
    codes,
    customer,
    findings,
    grant,
    lease,
    machine,
    said,
    week_window,
    withdrawal,
)

LATER = at(TONIGHT) - timedelta(hours=1)


def days(start: str, end: str, zone: str = "Europe/Berlin") -> WeeklyCalendar:
    return WeeklyCalendar(zone, (WeeklyWindow(WEEKDAYS, start, end),))


def test_a_window_in_the_customers_night_with_notice_is_right() -> None:
    assert findings(case(grant())) == ()


# Acceptable times


def test_a_window_that_reaches_out_of_the_acceptable_time_is_found_and_the_time_named_where_the_customer_lives() -> (
    None
):
    [found] = findings(case(grant(opens="2026-11-27T03:45Z")))
    assert (found.code, found.machine) == ("outside-acceptable", "acme01")
    assert found.text == (
        "acme01 was given Fri 2026-11-27 03:45 to 04:20 UTC (window w-acme01), which reaches out of what acme accepts: "
        "Fri 2026-11-27 05:00 to 05:20 in Europe/Berlin."
    )


@pytest.mark.parametrize(
    ("opens", "expected"),
    [
        # 29 March 2026, Berlin: 02:00 is 03:00. What is accepted until 02:30 ends at 02:00, which is 01:00 UTC.
        ("2026-03-29T00:25Z", []),
        ("2026-03-29T00:30Z", ["outside-acceptable"]),
        # 25 October 2026: 03:00 is 02:00 once more. Until 02:30 is accepted twice, with half an hour in between.
        ("2026-10-24T23:55Z", []),
        ("2026-10-25T00:00Z", ["outside-acceptable"]),
        ("2026-10-25T00:30Z", ["outside-acceptable"]),
    ],
)
def test_clocks_that_change_are_those_of_the_customers_zone(opens: str, expected: list[str]) -> None:
    accepts = customer(calendar=days("22:00", "02:30"))
    one = grant(opens=opens, granted_at=at(opens) - timedelta(days=2))
    assert codes(case(one, customers=[accepts])) == expected


def test_a_repeated_hour_is_accepted_twice() -> None:
    accepts = customer(calendar=days("02:00", "03:00"))
    times = ("2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T00:30Z")
    found = [
        codes(case(grant(opens=opens, granted_at=at("2026-10-20T00:00Z")), customers=[accepts])) for opens in times
    ]
    assert found == [[], [], []]


def test_a_machine_of_the_operators_own_may_be_down_at_any_time_and_without_notice() -> None:
    one = grant(opens="2026-11-23T08:00Z", customer=None)
    assert codes(case(one, machines=[machine(customer=None)])) == []


def test_a_customer_of_whom_nothing_is_known_accepts_nights_in_berlin() -> None:
    others = [customer("globex")]
    assert codes(case(grant(opens="2026-11-26T12:00Z"), customers=others)) == ["unknown-customer", "outside-acceptable"]
    assert codes(case(grant(), customers=others)) == ["unknown-customer"]


def test_a_window_is_judged_by_the_wishes_that_the_planner_knew() -> None:
    """Wishes of sequence 10 and of 20; the planner had read up to 15 or to 25."""
    wishes = said(customer(calendar=days("12:00", "14:00")), customer())
    opened = {"granted_at": NOW - timedelta(days=1), "opens": "2026-11-23T07:55Z"}
    noon = said(customer(calendar=days("08:00", "14:00")), customer())
    assert codes(case(grant(position=Position(POSITION.stream_created_at, 25)), customers=[wishes])) == []
    assert codes(case(grant(**opened, position=Position(POSITION.stream_created_at, 15)), customers=[noon])) == []
    assert codes(case(grant(**opened, position=Position(POSITION.stream_created_at, 25)), customers=[noon])) == [
        "outside-acceptable"
    ]


def test_a_window_that_lies_ahead_is_held_against_todays_wishes_as_well() -> None:
    wishes = said(customer(), customer(blackouts=[("2026-11-26T00:00Z", "2026-11-28T00:00Z")]))
    [found] = findings(case(grant(position=Position(POSITION.stream_created_at, 15)), customers=[wishes]))
    assert found.code == "blackout"
    assert "of acme, as it wishes now: Thu 2026-11-26 00:00 to Sat 2026-11-28 00:00 UTC." in found.text
    opened = case(grant(position=Position(POSITION.stream_created_at, 15)), customers=[wishes], now=at(TONIGHT))
    assert codes(replace(opened, notice_patience=timedelta(days=9))) == []


def test_what_is_not_known_for_sure_is_not_judged() -> None:
    """The record came in a batch from after sequence 0 up to 10, and the planner had read up to 5."""
    created = POSITION.stream_created_at
    in_one_batch = [
        History((Version(item, Position(created, 0), Position(created, 10)),))
        for item in (machine(in_service=False), customer(calendar=days("12:00", "14:00")))
    ]
    known = {"machines": in_one_batch[:1], "customers": in_one_batch[1:], "now": at("2026-11-23T08:01Z")}
    one = {"opens": "2026-11-23T08:00Z", "granted_at": NOW - timedelta(days=1)}
    assert codes(case(grant(**one, position=Position(created, 5)), **known)) == []
    assert codes(case(grant(**one, position=Position(created, 10)), **known)) == [
        "retired-machine",
        "outside-acceptable",
    ]


# Notice, blackouts, horizon


def test_notice_hours_are_kept_to_the_minute() -> None:
    asked = at(TONIGHT) - timedelta(hours=12)
    assert codes(case(grant(granted_at=asked))) == []
    [found] = findings(case(grant(granted_at=asked + timedelta(seconds=1))))
    assert found.code == "notice-hours"


def test_an_urgent_request_waits_for_no_notice_and_only_it_does() -> None:
    urgent, patient = (Work(request_id=name, estimated_minutes=20, urgent=name == "u") for name in "up")
    assert codes(case(grant(granted_at=LATER, works=(urgent,)))) == []
    two = {"minutes": 60, "works": (urgent, patient), "revision": 2, "request_id": "p", "granted_at": LATER}
    assert codes(case(grant(works=(urgent,)), grant(**two))) == ["notice-hours"]


def test_a_window_that_claims_to_be_urgent_without_an_urgent_request_is_found() -> None:
    assert codes(case(grant(granted_at=LATER, urgent=True))) == ["notice-hours"]


def test_a_request_that_joins_a_window_as_it_is_needs_no_notice() -> None:
    works = (Work(request_id="r1", estimated_minutes=20), Work(request_id="r2", estimated_minutes=3))
    assert codes(case(grant(), grant(revision=2, works=works, granted_at=LATER))) == []


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        (("2026-11-26T20:00Z", "2026-11-26T21:00Z"), []),
        (("2026-11-26T21:35Z", "2026-11-27T00:00Z"), []),
        (("2026-11-26T21:34Z", "2026-11-27T00:00Z"), ["blackout"]),
        (("2026-11-26T21:10Z", "2026-11-26T21:11Z"), ["blackout"]),
    ],
)
def test_blackouts_are_half_open(closed: tuple[str, str], expected: list[str]) -> None:
    assert codes(case(grant(), customers=[customer(blackouts=[closed])])) == expected


def test_a_window_beyond_sixty_days_is_found() -> None:
    granted = at(TONIGHT) + timedelta(minutes=35) - timedelta(days=60)
    assert codes(case(grant(granted_at=granted))) == []
    assert codes(case(grant(granted_at=granted - timedelta(seconds=1)))) == ["beyond-horizon"]


# Length, grid, requests


@pytest.mark.parametrize(
    ("minutes", "expected"), [(35, []), (30, ["too-short"]), (40, ["too-long"]), (33, ["off-grid", "too-short"])]
)
def test_a_new_window_is_just_as_long_as_the_policy_says(minutes: int, expected: list[str]) -> None:
    found = codes(case(grant(minutes=minutes)))
    assert sorted(found) == expected


def test_the_length_is_that_of_the_policy_that_the_planner_knew() -> None:
    """(20 + 10) and half of it: 45."""
    policy = said(Policy(), Policy(preparation_minutes=10, padding_percent=50))
    late = {"latest_start_at": at(TONIGHT) + timedelta(minutes=15)}
    assert codes(case(grant(minutes=45, **late), policy=policy)) == []
    assert codes(case(grant(minutes=45, position=Position(POSITION.stream_created_at, 15)), policy=policy)) == [
        "too-long"
    ]


def test_a_latest_start_that_leaves_no_time_for_the_work_is_found() -> None:
    [found] = findings(case(grant(latest_start_at=at(TONIGHT) + timedelta(minutes=11))))
    assert found.code == "too-short"
    assert "may be begun until Thu 2026-11-26 21:11 UTC; 25 minutes are needed from there." in found.text


def test_a_window_that_requests_left_is_never_made_longer_whatever_the_policy_has_become() -> None:
    before = grant(position=Position(POSITION.stream_created_at, 15))
    left = grant(revision=2, change=Change.LEFT, position=Position(POSITION.stream_created_at, 25))
    policy = said(Policy(), Policy(padding_percent=100))
    assert codes(case(before, left, policy=policy)) == []


def test_a_request_that_the_window_does_not_meet_is_found() -> None:
    opens, closes = at(TONIGHT), at(TONIGHT) + timedelta(minutes=35)
    met = Work(request_id="r1", estimated_minutes=20, not_before=opens, deadline=closes)
    assert codes(case(grant(works=(met,)))) == []
    for broken in (replace(met, not_before=opens + timedelta(minutes=1)), replace(met, deadline=opens)):
        assert codes(case(grant(works=(broken,)))) == ["request-not-met"]


def test_the_window_of_a_week_must_meet_the_requests_that_it_is_told_to_meet() -> None:
    week = {"week": "2026-W48", "window_id": "2026-W48/acme01", "minutes": 240, "change": Change.JOINED}
    good = grant(**week, opens="2026-11-26T09:00Z")
    assert codes(case(good)) == []
    long = (Work(request_id="r1", estimated_minutes=240),)
    assert codes(case(grant(**week, works=long))) == ["too-short"]


# Machine and customer


def test_a_window_for_a_machine_that_nobody_knows_or_that_is_out_of_service_is_found() -> None:
    assert codes(case(grant(), machines=[machine("acme02")])) == ["unknown-machine"]
    assert codes(case(grant(), machines=[machine(in_service=False)])) == ["retired-machine"]


def test_a_machine_that_was_taken_out_of_service_loses_its_window_in_time() -> None:
    retired = said(machine(), machine(in_service=False), replaced_at=NOW)
    granted = grant(position=Position(POSITION.stream_created_at, 15))
    one = case(granted, machines=[retired], notice_patience=timedelta(days=9))
    assert codes(one) == []
    assert one.next_settled_at == NOW + one.patience
    assert codes(replace(one, now=NOW + one.patience)) == ["retired-machine"]
    gone = case(granted, withdrawal(), machines=[retired], now=NOW + one.patience, notice_patience=timedelta(days=9))
    assert codes(gone) == []


def test_a_window_told_as_another_customers_is_found() -> None:
    both = [customer(), customer("globex")]
    assert codes(case(grant(customer="globex"), customers=both)) == ["wrong-customer"]
    moved = said(machine(), machine(customer="globex"))
    assert codes(case(grant(position=Position(POSITION.stream_created_at, 15)), machines=[moved], customers=both)) == []


def test_the_window_of_a_host_names_the_machines_on_it() -> None:
    fleet = [machine("kyle07", customer=None, kind="physical"), machine("acme01", host="kyle07"), machine("acme02")]
    host = {"name": "kyle07", "customer": None}
    assert codes(case(grant(**host, affects=frozenset({"acme01"})), machines=fleet)) == []
    assert codes(case(grant(**host), machines=fleet)) == ["affects"]
    assert codes(case(grant(**host, affects=frozenset({"acme01", "acme02"})), machines=fleet)) == ["affects"]
    came = [*fleet[:2], said(machine("acme02"), machine("acme02", host="kyle07"))]
    before = grant(**host, affects=frozenset({"acme01"}), position=Position(POSITION.stream_created_at, 15))
    assert codes(case(before, machines=came)) == []


# At once


def test_two_windows_of_a_machine_that_share_time_are_found_at_the_later_one() -> None:
    second = grant(window_id="w-2", number=2, opens="2026-11-26T21:35Z")
    assert codes(case(grant(), second)) == []
    [found] = findings(case(grant(), grant(window_id="w-2", number=2, opens="2026-11-26T21:30Z")))
    assert (found.code, found.machine) == ("double-booked", "acme01")
    assert "(window w-2), which is at the time of another window of it" in found.text


def test_peers_are_never_down_at_once() -> None:
    peers = [machine("acme01", redundancy_group="web"), machine("acme02", redundancy_group="web")]
    apart = grant("acme02", opens="2026-11-26T21:35Z", number=2)
    assert codes(case(grant(), apart, machines=peers)) == []
    [found] = findings(case(grant(), grant("acme02", opens="2026-11-26T21:30Z", number=2), machines=peers))
    assert (found.code, found.machine) == ("redundancy", "acme02")
    assert "acme01, its peer in redundancy group web: Thu 2026-11-26 21:00 to 21:35 UTC (w-acme01)." in found.text


def test_max_parallel_counts_every_instant() -> None:
    two = customer(max_parallel=2)
    first, second = grant("acme01"), grant("acme02", number=2, opens="2026-11-26T21:20Z")
    assert codes(case(first, second, grant("acme03", number=3, opens="2026-11-26T21:35Z"), customers=[two])) == []
    [found] = findings(case(first, second, grant("acme03", number=3, opens="2026-11-26T21:30Z"), customers=[two]))
    assert (found.code, found.machine) == ("customer-limit", "acme03")
    assert "at Thu 2026-11-26 21:30 UTC: 2 windows of customer acme had been given for then, and 2 may be" in found.text


def test_capacity_counts_the_windows_of_all_customers() -> None:
    fleet = [machine("acme01"), machine("beta01", customer="beta")]
    told = (grant("acme01"), grant("beta01", customer="beta", number=2))
    both = [customer(), customer("beta")]
    assert codes(case(*told, machines=fleet, customers=both, policy=Policy(capacity=2))) == []
    assert codes(case(*told, machines=fleet, customers=both, policy=Policy(capacity=1))) == ["capacity"]


def test_a_limit_that_was_lowered_later_blames_nobody() -> None:
    limits = said(Policy(), Policy(capacity=1))
    early = Position(POSITION.stream_created_at, 15)
    told = (grant("acme01", position=early), grant("acme02", number=2, position=early))
    assert codes(case(*told, policy=limits)) == []


def test_windows_of_weeks_that_stood_before_count() -> None:
    peers = [machine("acme01", redundancy_group="web"), machine("acme02", redundancy_group="web")]
    week = [week_window("acme02", number=1)]
    one = grant(number=2)
    assert codes(case(one, machines=peers, week_windows=week)) == ["redundancy"]
    assert codes(case(one, machines=peers[:1], week_windows=[week_window("acme01")])) == ["double-booked"]
    limited = [customer(max_parallel=1)]
    fleet = [machine("acme01"), machine("acme02")]
    assert codes(case(one, machines=fleet, customers=limited, week_windows=week)) == ["customer-limit"]
    assert codes(case(one, machines=fleet, policy=Policy(capacity=1), week_windows=week)) == ["capacity"]


def test_a_week_that_is_planned_over_windows_is_the_operators_business() -> None:
    peers = [machine("acme01", redundancy_group="web"), machine("acme02", redundancy_group="web")]
    week = [week_window("acme02", number=3), week_window("acme01", number=3)]
    everything = {"customers": [customer(max_parallel=1)], "policy": Policy(capacity=1)}
    assert codes(case(grant(number=2), machines=peers, week_windows=week, **everything)) == []


def test_requests_that_went_into_a_week_leave_nothing_to_be_found() -> None:
    """acme01's window is gone (`joined_week`), and the week's, over acme02's, meets its requests instead."""
    told = (grant(number=1), grant("acme02", opens="2026-11-27T00:00Z", number=2), withdrawal(number=5))
    week = {"week": "2026-W48", "window_id": "2026-W48/acme01", "minutes": 240, "change": Change.JOINED}
    joined = grant(**week, revision=2, number=4)
    limited = {"customers": [customer(max_parallel=1)], "week_windows": [week_window("acme01", number=3)]}
    assert codes(case(*told, joined, **limited)) == []
    later = grant("acme02", window_id="w-2", opens="2026-11-26T22:00Z", number=6)
    assert codes(case(*told, joined, later, **limited)) == ["customer-limit"]


def test_the_window_of_a_week_that_was_missed_takes_no_time_from_who_asks_later() -> None:
    week = {"week": "2026-W48", "window_id": "2026-W48/acme01"}
    of_week = grant(**week, minutes=240, change=Change.JOINED, number=2)
    missed = withdrawal(**week, missed=True, number=4)
    later = grant("acme02", opens="2026-11-26T23:00Z", number=5)
    limited = {"customers": [customer(max_parallel=1)], "week_windows": [week_window("acme01", number=1)]}
    assert codes(case(of_week, missed, later, **limited)) == []
    assert codes(case(of_week, replace(missed, missed=False), later, **limited)) == ["customer-limit"]
    moved = [week_window("acme01", number=4)]
    assert codes(case(of_week, replace(missed, number=3), later, **{**limited, "week_windows": moved})) == [
        "customer-limit"
    ]


def test_what_is_added_to_a_window_answers_for_itself() -> None:
    """acme02 came between the two revisions of acme01's window, which grew into it."""
    works = (Work(request_id="r1", estimated_minutes=20), Work(request_id="r2", estimated_minutes=20))
    grown = grant(revision=2, works=works, minutes=60, number=3)
    other = grant("acme02", opens="2026-11-26T21:35Z", number=2)
    [found] = findings(case(grant(), other, grown, customers=[customer(max_parallel=1)]))
    assert (found.code, found.machine) == ("customer-limit", "acme01")


def test_a_machine_that_is_done_frees_the_rest_of_its_window() -> None:
    done = lease(number=5, left_number=6, left_at=at(TONIGHT) + timedelta(minutes=10), finished=True)
    urgent = (Work(request_id="u", estimated_minutes=10, urgent=True),)
    second = grant("acme02", opens="2026-11-26T21:10Z", minutes=20, works=urgent, number=7)
    one = {"customers": [customer(max_parallel=1)], "notice_patience": timedelta(days=9)}
    assert codes(case(grant(), second, leases=[done], **one)) == []
    failed = replace(done, finished=False)
    assert codes(case(grant(), second, leases=[failed], **one)) == ["customer-limit"]


def test_a_window_that_is_gone_takes_no_time_from_others() -> None:
    peers = [machine("acme01", redundancy_group="web"), machine("acme02", redundancy_group="web")]
    assert codes(case(grant(), withdrawal(), grant("acme02", number=6), machines=peers)) == []
