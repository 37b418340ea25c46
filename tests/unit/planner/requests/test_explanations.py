"""Which rule closes which hours, and that what none closes is where windows are."""

from __future__ import annotations

from hypothesis import given
from mweek_planner.domain.requests import Exclusion, Occupancy, Policy, Rule, earliest_window, explain
from mweek_planner.domain.requests.steps import begins_at, step_at, step_from
from mweek_timewindows import Window, merged, without

from tests.support.window_oracle import Situation
from tests.support.window_requests import NOW, booking, case, customer, request, span
from tests.support.window_situations import planner_case, situations


def test_every_rule_says_which_hours_it_closes() -> None:
    asked = case(
        request(60, not_before="2026-11-23T10:00Z", deadline="2026-11-24T06:00Z"),
        customer=customer(
            "12:00", "05:00", notice_hours=1, blackouts=[("2026-11-23T20:00Z", "2026-11-24T01:00Z")], max_parallel=1
        ),
        redundancy_group="web",
        policy=Policy(horizon_days=1, capacity=2),
    )
    occupancy = Occupancy(
        NOW,
        [
            booking("2026-11-23T13:00Z", "2026-11-23T14:00Z"),
            booking("2026-11-23T15:00Z", "2026-11-23T16:00Z", customer=None, redundancy_group="web"),
            booking("2026-11-23T17:00Z", "2026-11-23T17:30Z", machine="acme01", customer=None),
            booking("2026-11-23T17:30Z", "2026-11-23T18:00Z", machine="x1", customer=None),
            booking("2026-11-23T17:30Z", "2026-11-23T18:00Z", machine="x2", customer=None),
        ],
    )
    assert explain(asked, occupancy) == (
        Exclusion(Rule.NOTICE, span("2026-11-23T08:00Z", "2026-11-23T09:00Z")),
        Exclusion(Rule.NOT_BEFORE, span("2026-11-23T08:00Z", "2026-11-23T10:00Z")),
        Exclusion(Rule.ACCEPTABLE_TIMES, span("2026-11-23T08:00Z", "2026-11-23T12:00Z")),
        Exclusion(Rule.LENGTH, span("2026-11-23T12:00Z", "2026-11-23T13:00Z")),
        Exclusion(Rule.CUSTOMER_LIMIT, span("2026-11-23T13:00Z", "2026-11-23T14:00Z")),
        Exclusion(Rule.LENGTH, span("2026-11-23T14:00Z", "2026-11-23T15:00Z")),
        Exclusion(Rule.REDUNDANCY, span("2026-11-23T15:00Z", "2026-11-23T16:00Z")),
        Exclusion(Rule.LENGTH, span("2026-11-23T16:00Z", "2026-11-23T17:00Z")),
        Exclusion(Rule.OWN_WINDOW, span("2026-11-23T17:00Z", "2026-11-23T17:30Z")),
        Exclusion(Rule.CAPACITY, span("2026-11-23T17:30Z", "2026-11-23T18:00Z")),
        Exclusion(Rule.BLACKOUT, span("2026-11-23T20:00Z", "2026-11-24T01:00Z")),
        Exclusion(Rule.ACCEPTABLE_TIMES, span("2026-11-24T05:00Z", "2026-11-24T08:00Z")),
        Exclusion(Rule.DEADLINE, span("2026-11-24T06:00Z", "2026-11-24T08:00Z")),
    )


@given(situations())
def test_window_opens_at_the_beginning_of_the_first_time_that_no_rule_closes(situation: Situation) -> None:
    case, occupancy = planner_case(situation)
    closed = merged(exclusion.window for exclusion in explain(case, occupancy))
    ahead = Window(begins_at(step_from(case.now)), begins_at(step_at(case.horizon_at)))
    left = without([ahead], closed)
    found = earliest_window(case, occupancy)
    if isinstance(found, Window):
        assert left[0].covers(found)
        assert left[0].opens_at == found.opens_at
    else:
        assert left == ()
