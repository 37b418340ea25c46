"""Why a machine got its window: what was told, which hours its customer's wishes close, and what is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from mweek.cli.window_text import explanation_json, timeline
from mweek.errors import UnknownRequestError
from mweek.window_explanation import explain_request
from mweek.window_story import WindowState, window_stories
from mweek.window_times import HourRule, closed_times
from mweek_contracts.fleet import AcceptableWindow, Blackout, Weekday
from mweek_timewindows import Window

from tests.support.ids import at
from tests.support.told_windows import (
    ASKED,
    OPENS,
    customer,
    entered,
    granted,
    left,
    machine,
    refused,
    withdrawn,
    work,
)

SPAN = Window(at("2026-11-23T00:00Z"), at("2026-11-25T00:00Z"))
NIGHTS = AcceptableWindow(days=tuple(Weekday), start="22:00", end="05:00")


def closed(*, owned: bool = True, who: Any = None, **wish: Any) -> list[tuple[HourRule, str]]:
    return [(one.rule, str(one.window)) for one in closed_times(work(**wish), who, owned=owned, span=SPAN)]


def test_nights_of_berlin_leave_its_days_closed_and_notice_the_first_night() -> None:
    assert closed(who=customer(acceptable_windows=(NIGHTS,), notice_hours=12)) == [
        (HourRule.NOTICE, "2026-11-23T00:00Z to 2026-11-23T21:00Z"),
        (HourRule.ACCEPTABLE_TIMES, "2026-11-23T04:00Z to 2026-11-23T21:00Z"),
        (HourRule.ACCEPTABLE_TIMES, "2026-11-24T04:00Z to 2026-11-24T21:00Z"),
    ]


def test_customer_without_a_record_has_the_defaults_and_the_operator_has_no_wishes() -> None:
    assert closed() == closed(who=customer())
    assert closed(owned=False) == [(HourRule.NOTICE, "2026-11-23T00:00Z to 2026-11-23T09:00Z")]


def test_urgent_request_waits_for_no_notice_but_nothing_opens_before_it_was_made() -> None:
    found = closed(urgent=True, owned=False)
    assert found == [(HourRule.NOTICE, "2026-11-23T00:00Z to 2026-11-23T09:00Z")]


def test_blackout_deadline_and_not_before_close_what_they_say() -> None:
    fair = Blackout(starts_at=at("2026-11-24T12:00Z"), ends_at=at("2026-12-24T00:00Z"), reason="fair")
    found = closed(
        who=customer(blackouts=(fair,), notice_hours=0),
        not_before=at("2026-11-23T10:00Z"),
        deadline=at("2026-11-24T18:00Z"),
    )
    assert (HourRule.BLACKOUT, "2026-11-24T12:00Z to 2026-11-25T00:00Z") in found
    assert (HourRule.NOT_BEFORE, "2026-11-23T00:00Z to 2026-11-23T10:00Z") in found
    assert (HourRule.DEADLINE, "2026-11-24T18:00Z to 2026-11-25T00:00Z") in found


def test_window_has_the_state_that_was_told_last_and_the_times_of_its_newest_revision() -> None:
    moved = granted(revision=2, opens_at=OPENS + timedelta(hours=2))
    [story] = window_stories([granted(), moved, entered(revision=2), left(revision=2)])
    assert (story.state, story.grant.not_before) == (WindowState.LEFT, OPENS + timedelta(hours=2))
    assert window_stories([withdrawn()]) == (), "a window of which no grant is known is nobody's"


def test_latest_request_is_explained_unless_another_is_named() -> None:
    late = work("r-2", requested_at=ASKED + timedelta(hours=3), deadline=ASKED + timedelta(hours=5))
    events = [granted(), refused(late, OPENS)]
    latest = explain_request(machine(), customer(), events, None)
    named = explain_request(machine(), customer(), events, "r-1")

    assert (latest.work, latest.story, latest.refusal and latest.refusal.code) == (late, None, "deadline_too_soon")
    assert (named.work.request_id, named.window) == ("r-1", Window(OPENS, OPENS + timedelta(minutes=35)))
    with pytest.raises(UnknownRequestError, match="no request r-9 of acme03 was answered"):
        explain_request(machine(), customer(), events, "r-9")


def test_request_that_was_withdrawn_from_a_window_is_found_by_its_older_grant() -> None:
    found = explain_request(machine(), customer(), [granted(), withdrawn()], "r-1")
    assert found.story is not None
    assert found.story.state is WindowState.WITHDRAWN


def test_timeline_has_a_letter_for_each_half_hour_and_says_what_they_mean() -> None:
    lines, letters = timeline(explain_request(machine(), customer(), [granted()], None))

    assert lines == [
        "           00      04      08      12      16      20   UTC",
        "Mon 23 Nov nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn······",
        "Tue 24 Nov ········----------------------------------##····",
    ]
    assert [letter for letter, _ in letters] == ["·", "#", "n", "-"]


def test_what_is_not_known_is_said() -> None:
    data = explanation_json(explain_request(machine(), customer(), [granted()], None))
    assert (data["outcome"], data["state"], len(data["unknown"])) == ("granted", "granted", 2)
    assert data["closed"][0] == {
        "rule": "notice",
        "opens_at": "2026-11-23T00:00:00Z",
        "closes_at": "2026-11-23T21:00:00Z",
        "text": None,
    }
