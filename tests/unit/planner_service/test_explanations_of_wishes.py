"""What an explanation says of its rules, and that a reply stays small whatever a location has booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mweek_contracts.explanation import MOST_EXCLUSIONS, ExplainWindowReplyV1, Explanation
from mweek_contracts.replies import Refusal
from mweek_contracts.request_codes import ClosingRule, RequestRefusalCode
from mweek_planner.domain.customer import Blackout
from mweek_planner.domain.requests import Booking, Case, Occupancy, Policy, Rule, explain
from mweek_planner.translation.explanations import explanation_from
from mweek_timewindows import WeeklyCalendar, Window

from tests.support.ids import at
from tests.support.window_requests import NOW, booking, case, customer, request

NONE = Refusal(code=RequestRefusalCode.NO_CAPACITY, text="x" * 1_000)
LARGEST_REPLY = 512 * 1024
"""Half of what a NATS server takes by default."""


def explained(asked: Case, occupancy: Occupancy) -> Explanation:
    return explanation_from(asked, explain(asked, occupancy), NONE, has=None)


def sentences(asked: Case, *bookings: Booking) -> dict[ClosingRule, str]:
    return {one.rule: one.text for one in explained(asked, Occupancy(NOW, bookings)).rules}


def test_very_many_exclusions_are_cut_and_the_reply_says_how_far_they_go() -> None:
    five = timedelta(minutes=5)
    taken = [
        Booking(
            window_id=f"w{number}",
            machine=f"m{number}",
            window=Window(NOW + 2 * number * five, NOW + (2 * number + 1) * five),
            customer="acme",
            redundancy_group="web",
        )
        for number in range(4_000)
    ]
    asked = case(customer=customer(max_parallel=1), redundancy_group="web", policy=Policy(capacity=1))
    all_of_it = explain(asked, Occupancy(NOW, taken))
    told = explained(asked, Occupancy(NOW, taken))
    first_of_each = explain(asked, Occupancy(NOW, taken), most=MOST_EXCLUSIONS + 1)

    assert explanation_from(asked, first_of_each, NONE, has=None) == told, "what is cut need not be looked for"
    assert (len(all_of_it), len(told.exclusions), told.is_cut) == (15_999, MOST_EXCLUSIONS, True)
    complete = [one for one in all_of_it if one.window.opens_at < told.exclusions_until]
    assert [one.window.opens_at for one in complete] == [
        one.starts_at for one in told.exclusions if one.starts_at < told.exclusions_until
    ]
    reply = ExplainWindowReplyV1(request_id="r" * 128, answered_at=NOW, explanation=told)
    assert len(reply.body()) < LARGEST_REPLY


def test_what_is_not_cut_is_complete_up_to_the_horizon() -> None:
    told = explained(case(), Occupancy(NOW))
    assert (told.is_cut, told.exclusions_until, told.looked_until) == (
        False,
        NOW + timedelta(days=60),
        told.looked_until,
    )


def test_each_rule_says_what_it_comes_from() -> None:
    asked = case(
        request(60, not_before="2026-11-24T10:00Z", deadline="2027-01-02T06:00Z"),
        customer=customer("22:00", "05:00", notice_hours=48, max_parallel=2, zone="Europe/Berlin"),
        redundancy_group="web",
        policy=Policy(capacity=3),
    )
    night = ("2026-11-28T22:00Z", "2026-11-28T23:00Z")
    told = sentences(
        asked,
        booking(*night, machine="acme01"),
        booking(*night, machine="acme02", redundancy_group="web"),
        booking(*night, machine="other", customer=None),
        booking("2026-11-29T22:00Z", "2026-11-29T23:00Z", redundancy_group="web"),
    )
    assert told == {
        ClosingRule.NOTICE: "acme is told 48 hours before a window opens",
        ClosingRule.NOT_BEFORE: "the wish is for nothing before 2026-11-24T10:00Z",
        ClosingRule.DEADLINE: "the wish is to be over by 2027-01-02T06:00Z",
        ClosingRule.ACCEPTABLE_TIMES: "acme accepts every day 22:00–05:00 only (Europe/Berlin)",
        ClosingRule.OWN_WINDOW: "acme01 has another window",
        ClosingRule.REDUNDANCY: "a peer in the redundancy group web has a window",
        ClosingRule.CUSTOMER_LIMIT: "acme allows 2 of its machines at once, and so many have windows",
        ClosingRule.CAPACITY: "the location takes 3 machines at once, and so many have windows",
        ClosingRule.LENGTH: "free, but less than the 85 minutes that the window takes",
    }


def test_blackouts_ahead_are_named_while_they_are_few() -> None:
    def blackout(starts: str, reason: str) -> Blackout:
        return Blackout(at(starts), at(starts) + timedelta(hours=12), reason)

    fair, sale, over = (
        blackout("2026-12-02T00:00Z", "fair"),
        blackout("2026-12-01T00:00Z", "sale"),
        blackout("2026-10-01T00:00Z", "over"),
    )
    few = replace(customer(), blackouts=(fair, sale, over, fair))
    many = replace(customer(), blackouts=tuple(blackout(f"2026-12-0{day}T00:00Z", f"day {day}") for day in range(1, 8)))

    assert sentences(case(customer=few))[ClosingRule.BLACKOUT] == "acme has a blackout: sale; fair"
    assert sentences(case(customer=many))[ClosingRule.BLACKOUT] == (
        "acme has a blackout: day 1; day 2; day 3; day 4; day 5 and 2 more"
    )


def test_customer_that_accepts_nothing_is_said_to() -> None:
    nobody = replace(customer(), calendar=WeeklyCalendar("UTC", ()))
    assert sentences(case(customer=nobody))[ClosingRule.ACCEPTABLE_TIMES] == "acme accepts no time at all"


def test_rules_of_domain_and_wire_are_the_same_in_the_same_order() -> None:
    assert [rule.value for rule in Rule] == [rule.value for rule in ClosingRule]


def test_occupancy_is_as_it_was_after_a_look_that_failed() -> None:
    held = booking("2026-11-23T10:00Z", "2026-11-23T11:00Z")
    occupancy = Occupancy(NOW, [held])
    before = occupancy.location_has(1)

    def look() -> None:
        with occupancy.as_if(held, None):
            raise LookupError(occupancy.location_has(1))

    with pytest.raises(LookupError, match=r"^0$"):
        look()
    assert (occupancy.location_has(1), occupancy.bookings_of("acme02")) == (before, [held])
