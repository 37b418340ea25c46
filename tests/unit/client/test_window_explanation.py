"""What is known of a request, and the timeline of what the planner sees: golden files, one for each kind of zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mweek.cli.window_text import explanation_json, explanation_text
from mweek.cli.window_timeline import HALF_HOUR, RULES, cell_for, draw_timeline
from mweek.window_explanation import ToldRequest, WindowExplanation, find_request
from mweek.window_story import WindowState, window_stories
from mweek_contracts.explanation import Exclusion, Explanation, PossibleWindow, RuleAtWork, WindowWish
from mweek_contracts.replies import Grant, Refusal
from mweek_contracts.request_codes import ClosingRule, RequestRefusalCode
from mweek_timewindows import Window
from rich.console import Console

from tests.support.golden import Golden
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

GOLDEN = Path(__file__).parent / "golden"
NOW = at("2026-11-23T09:10Z")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NIGHTS = [
    (ClosingRule.ACCEPTABLE_TIMES, "2026-11-23T09:10Z", "2026-11-23T21:00Z"),
    (ClosingRule.ACCEPTABLE_TIMES, "2026-11-24T04:00Z", "2026-11-24T21:00Z"),
    (ClosingRule.ACCEPTABLE_TIMES, "2026-11-25T04:00Z", "2026-11-25T21:00Z"),
]
NOTICE = (ClosingRule.NOTICE, "2026-11-23T09:10Z", "2026-11-23T21:10Z")
SENTENCES = {
    ClosingRule.NOTICE: "acme is told 12 hours before a window opens",
    ClosingRule.ACCEPTABLE_TIMES: "acme accepts every day 22:00–05:00 only (Europe/Berlin)",
    ClosingRule.REDUNDANCY: "a peer in the redundancy group acme-web has a window",
    ClosingRule.LENGTH: "free, but less than the 35 minutes that the window takes",
}


def possible(opens_at: datetime = OPENS) -> PossibleWindow:
    return PossibleWindow(
        not_before=opens_at,
        not_after=opens_at + timedelta(minutes=10),
        must_end_by=opens_at + timedelta(minutes=35),
    )


def seen(*closed: tuple[ClosingRule, str, str], **fields: Any) -> Explanation:
    """Return what a planner sees of a wish for 20 minutes, which would get a window at `OPENS`."""
    exclusions = tuple(Exclusion(rule=rule, starts_at=at(first), ends_at=at(end)) for rule, first, end in closed)
    rules = {one.rule for one in exclusions}
    until = fields.get("looked_from", NOW) + timedelta(days=60)
    values = {
        "wish": WindowWish(estimated_minutes=20),
        "length_minutes": 35,
        "would_get": None if "why_none" in fields else possible(),
        "looked_from": NOW,
        "looked_until": until,
        "exclusions": exclusions,
        "exclusions_until": until,
        "rules": tuple(RuleAtWork(rule=one, text=SENTENCES.get(one, one.value)) for one in ClosingRule if one in rules),
    }
    return Explanation(**{**values, **fields})


def explained(what: Explanation, told: ToldRequest | None = None, **fields: Any) -> WindowExplanation:
    values = {"machine": machine(), "customer": customer(), "told": told, "seen": what, "seen_at": NOW}
    return WindowExplanation(**{**values, **fields})


def printed(one: WindowExplanation, *, days: int | None = None, width: int = 80) -> str:
    console = Console(width=width, highlight=False, markup=False, no_color=True)
    with console.capture() as text:
        console.print(*explanation_text(one, days=days, width=width), sep="\n")
    return "\n".join(line.rstrip() for line in text.get().split("\n"))


def rows(what: Explanation, **fields: Any) -> list[str]:
    return [line.plain for line in draw_timeline(what, **{"days": 1, **fields}).lines]


def test_window_has_the_state_that_was_told_last_and_the_times_of_its_newest_revision() -> None:
    moved = granted(revision=2, opens_at=OPENS + timedelta(hours=2))
    [story] = window_stories([granted(), moved, entered(revision=2), left(revision=2)])
    assert (story.state, story.grant.not_before) == (WindowState.LEFT, OPENS + timedelta(hours=2))
    assert window_stories([withdrawn()]) == (), "a window of which no grant is known is nobody's"


def test_latest_request_is_found_unless_another_is_named() -> None:
    late = work("r-2", requested_at=ASKED + timedelta(hours=3), deadline=ASKED + timedelta(hours=5))
    events = [granted(), refused(late, OPENS)]
    latest, named = find_request(events, None), find_request(events, "r-1")

    assert latest is not None
    assert named is not None
    assert (latest.work, latest.story, latest.refusal and latest.refusal.code) == (late, None, "deadline_too_soon")
    assert (named.work.request_id, named.window) == ("r-1", Window(OPENS, OPENS + timedelta(minutes=35)))
    assert find_request(events, "r-9") is None


def test_request_that_was_withdrawn_from_a_window_is_found_by_its_older_grant() -> None:
    found = find_request([granted(), withdrawn()], "r-1")
    assert found is not None
    assert found.story is not None
    assert found.story.state is WindowState.WITHDRAWN


def test_wish_with_peers_in_the_way_reads_as_reviewed(golden: Golden) -> None:
    peers = (ClosingRule.REDUNDANCY, "2026-11-23T21:10Z", "2026-11-24T03:30Z")
    short = (ClosingRule.LENGTH, "2026-11-24T03:30Z", "2026-11-24T04:00Z")
    one = explained(seen(NOTICE, *NIGHTS, peers, short), is_update=True)
    golden.check(GOLDEN / "explained-wish.txt", printed(one))
    golden.check(GOLDEN / "explained-wish-narrow.txt", printed(one, width=44))


def test_request_that_has_a_window_reads_as_reviewed(golden: Golden) -> None:
    told = find_request([granted()], None)
    has = Grant(**possible().model_dump() | {"window_id": "w-1", "revision": 1, "requests": ("r-1",)})
    sooner = seen(NOTICE, *NIGHTS, has=has, would_get=possible(at("2026-11-23T21:10Z")))
    golden.check(GOLDEN / "explained-request.txt", printed(explained(sooner, told)))
    assert "it would get the same window" in printed(explained(seen(NOTICE, *NIGHTS, has=has), told))


def test_refused_request_of_the_operator_reads_as_reviewed(golden: Golden) -> None:
    late = work("r-2", deadline=at("2026-11-23T12:00Z"), urgent=True)
    told = find_request([refused(late, OPENS)], None)
    why = Refusal(code=RequestRefusalCode.DEADLINE_IN_PAST, text="the deadline 2026-11-23T12:00Z has passed")
    what = seen(
        (ClosingRule.DEADLINE, "2026-11-23T12:00Z", "2027-01-22T09:10Z"),
        wish=WindowWish(estimated_minutes=20, deadline=late.deadline, urgent=True),
        why_none=why,
    )
    own = explained(what, told, machine=machine(customer=None), customer=None)
    golden.check(GOLDEN / "explained-refusal.txt", printed(own, days=2))


def test_window_that_would_be_shared_is_said_to_be() -> None:
    shared = replace(explained(seen()), seen=seen(would_get=possible().model_copy(update={"requests": ("r-0", "r-1")})))
    week = explained(seen(would_get=possible().model_copy(update={"week": "2026-W48"})))
    assert "21:00–21:35 UTC, together with r-0, r-1" in printed(shared)
    assert "21:00–21:35 UTC, the one of 2026-W48" in printed(week)


def test_hours_are_those_of_the_day_when_clocks_go_back() -> None:
    what = seen((ClosingRule.NOTICE, "2026-10-25T00:00Z", "2026-10-25T02:00Z"), looked_from=at("2026-10-24T22:00Z"))
    lines = rows(what, zone=ZoneInfo("Europe/Berlin"), days=2)
    assert lines == [
        "local      00      03      07      11      15      19      23",
        "UTC        22      02      06      10      14      18      22",
        "Sun 25 Oct ····nnnn··········································",
        "local      00      04      08      12      16      20",
        "UTC        23      03      07      11      15      19",
        "Mon 26 Oct ················································",
    ]


def test_hour_that_clocks_leave_out_is_no_part_of_the_day() -> None:
    lines = rows(seen(looked_from=at("2026-03-28T23:00Z")), zone=ZoneInfo("Europe/Berlin"))
    assert lines[0] == "local      00      05      09      13      17      21"
    assert len(lines[-1]) == len("Sun 29 Mar ") + 46


def test_zone_off_the_hour_has_its_minutes_written() -> None:
    what = seen(looked_from=at("2026-11-22T18:30Z"))
    assert rows(what, zone=ZoneInfo("Asia/Kolkata"))[:2] == [
        "local      00      04      08      12      16      20",
        "UTC        18:30   22:30   02:30   06:30   10:30   14:30",
    ]
    assert rows(what, zone=ZoneInfo("Asia/Kolkata"), cell=timedelta(hours=1))[:2] == [
        "local      00  04  08  12  16  20",
        "UTC        18:30   02:30   10:30",
    ]


def test_what_the_planner_did_not_say_is_drawn_as_unknown() -> None:
    what = seen(NOTICE, exclusions_until=at("2026-11-24T09:00Z"), looked_from=at("2026-11-24T00:00Z"))
    timeline = draw_timeline(what, zone=ZoneInfo("UTC"), days=1)
    assert timeline.lines[-1].plain == "Tue 24 Nov ··················????????????????????????++????"
    assert [mark.letter for mark in timeline.legend] == ["+", "·", "?"]


def test_first_rule_of_several_is_drawn_and_each_has_a_letter_of_its_own() -> None:
    all_of_them = [(rule, "2026-11-23T12:00Z", "2026-11-23T18:00Z") for rule in reversed(ClosingRule)]
    assert rows(seen(*all_of_them), zone=ZoneInfo("UTC"))[-1].endswith("······nnnnnnnnnnnn············")
    letters = [letter for letter, _ in RULES.values()]
    assert (list(RULES), len(set(letters))) == (list(ClosingRule), len(ClosingRule))


def test_days_reach_as_far_as_the_window_but_not_for_ever() -> None:
    far = explained(seen(would_get=possible(at("2026-12-20T21:00Z"))))
    assert printed(explained(seen())).count("Nov ·") == 2
    assert len([line for line in printed(far).split("\n") if line[2:5] in DAYS]) == 14
    assert "The window lies further ahead: --days 28 shows it." in printed(far)
    assert "further ahead" not in printed(far, days=28)
    assert "++" in printed(far, days=28)


def test_letter_is_an_hour_where_half_hours_have_no_room() -> None:
    assert (cell_for(61), cell_for(60)) == (HALF_HOUR, timedelta(hours=1))
    widest = max(len(line) for line in printed(explained(seen(NOTICE, *NIGHTS)), width=61).split("\n"))
    assert widest <= 61


def test_programs_get_all_that_the_planner_said() -> None:
    what = seen(NOTICE, *NIGHTS)
    data = explanation_json(explained(what, find_request([granted()], None)))
    assert (data["state"], data["timezone"], data["explained_at"]) == (
        "granted",
        "Europe/Berlin",
        "2026-11-23T09:10:00Z",
    )
    assert Explanation.model_validate(data["explanation"], strict=False) == what
    assert explanation_json(explained(what))["state"] is None
