"""What people read of a plan, at the width of a plain terminal."""

from __future__ import annotations

from collections.abc import Iterable

from mweek.cli.plan_text import changes_text, phases_table, remarks_text
from mweek.cli.times import instant, span
from mweek.cli.verdict_text import done_total, planned_total, refusal_text, verdict_text
from mweek.outcome import Refusal
from mweek.week import PlanChanges
from mweek_contracts.events import FindingCode, Problem, WeekScheduledV1
from mweek_contracts.reasons import CompromiseCode, PlacementCode
from mweek_contracts.windows import Compromise, Override, PhaseSummary, Slot
from rich.console import Console, RenderableType

from tests.support.ids import at
from tests.support.told_week import MONDAY, TUESDAY, ToldWeek, moved, unplaced, window, withdrawn

PHASES = tuple(
    PhaseSummary(phase=slot.phase, opens_at=slot.opens_at, closes_at=slot.closes_at, machines=machines)
    for slot, machines in ((MONDAY, 3), (TUESDAY, 1))
)


def printed(parts: Iterable[RenderableType]) -> str:
    console = Console(width=80, highlight=False, markup=False, no_color=True)
    with console.capture() as text:
        console.print(*parts, sep="\n")
    return "\n".join(line.rstrip() for line in text.get().split("\n"))


def expected(text: str) -> str:
    """Return a text without the eight blanks that its lines have in these tests."""
    return "\n".join(line.removeprefix(" " * 8) for line in text.split("\n")).removeprefix("\n")


def test_plan_reads_like_a_diff_with_a_reason_on_each_line() -> None:
    half = Slot(phase="monday", opens_at=MONDAY.opens_at, closes_at=at("2026-11-30T11:00Z"))
    changes = PlanChanges(
        assigned=(
            window("router-one"),
            window("web01", half, customer="acme", facts={"selector": "role customer", "slot": 1, "slot_of": 2}),
            moved(
                "web02", MONDAY, TUESDAY, customer="globex", reason=PlacementCode.BLACKOUT, facts={"avoided": "monday"}
            ),
        ),
        withdrawn=(withdrawn("old01", customer="acme"),),
        unplaced=(unplaced("db01", customer="acme"),),
    )

    assert printed(changes_text(changes, PHASES)) == expected("""

        monday  Mon 30 Nov 09:00–13:00 UTC  2 of 3 machines
          +  router-one  —       the phase takes all machines with role router
          +  web01       acme    Mon 30 Nov 09:00–11:00: the phase takes all machines
                                 with role customer, in slot 1 of 2, apart from its
                                 redundancy peers

        tuesday  Tue 1 Dec 22:00 – Wed 2 Dec 03:00 UTC  1 machine
          ~  web02       globex  from monday, Mon 30 Nov 09:00–13:00: moved away from
                                 monday: its customer has a blackout then

        withdrawn
          -  old01       acme    was monday, Mon 30 Nov 09:00–13:00: it is no longer in
                                 service

        cannot be placed
          !  db01        acme    its customer's blackout leaves no phase that takes it
        """)


def test_plan_without_changes_prints_nothing() -> None:
    assert list(changes_text(PlanChanges(), PHASES)) == []


def test_phases_are_counted_and_summed() -> None:
    assert printed([phases_table(PHASES, {"monday": 1002, "tuesday": 1})]) == expected("""
          PHASE    WINDOW (UTC)                       MACHINES
          monday   Mon 30 Nov 09:00–13:00                1,002
          tuesday  Tue 1 Dec 22:00 – Wed 2 Dec 03:00         1
                                                      ────────
                                                         1,003
        """)


def test_totals_say_what_would_be_and_what_was() -> None:
    changes = PlanChanges(assigned=(window("a"), moved("b", MONDAY, TUESDAY)), withdrawn=(withdrawn("c"),))

    assert planned_total(changes, 31) == (
        "1 to add, 1 to move, 1 to cancel, 0 cannot be placed. 31 customers would be mailed."
    )
    assert done_total(changes, 1) == "1 added, 1 moved, 1 cancelled, 0 without a place. 1 customer to be mailed."


def test_compromises_overrides_and_disliked_hours_are_named() -> None:
    *_, plan = ToldWeek().revision(
        window("a"),
        outside_acceptable=1,
        compromises=(
            Compromise(code=CompromiseCode.REDUNDANCY, phase="monday", entry=1, planned=12, actual=9, facts={}),
        ),
        overrides=(Override(rule="notice", reason="the hole is being used"),),
    )
    assert isinstance(plan, WeekScheduledV1)

    text = printed(remarks_text(plan))

    assert "monday, entry 1: 9 instead of 12 (redundancy)" in text
    assert "overridden: notice (the hole is being used)" in text
    assert "1 window lies outside of the customer's acceptable hours." in text


def test_verdicts_are_one_line_and_findings_a_line_each() -> None:
    told = ToldWeek()
    told.revision(window("a"), window("b"))

    assert printed(verdict_text(told.passed(told=1))) == "Audit passed: 2 machines, 2 windows, 1 customer told.\n"
    assert printed(verdict_text(told.passed(preview=True))) == "Audit passed: 2 machines, 2 windows.\n"
    assert printed(verdict_text(None)) == "Audit: no verdict yet.\n"
    assert printed(verdict_text(told.failed(FindingCode.QUOTA, FindingCode.NO_WINDOW))) == expected("""
        Audit failed: 2 findings.
          quota      db01  db01 has a quota finding
          no-window  db01  db01 has a no-window finding
        """)


def test_refusal_says_why_and_what_would_do() -> None:
    refusal = Refusal(
        code="notice-too-short",
        text="acme wants 48 hours of notice",
        machines=tuple(f"web{n:02d}" for n in range(23)),
        problems=(Problem(place="pattern.phases.0", text="opens too soon"),),
        earliest_week="2026-W50",
    )

    assert printed(refusal_text(refusal)) == expected("""
        Refused (notice-too-short): acme wants 48 hours of notice
          pattern.phases.0: opens too soon
          machines: web00, web01, web02, web03, web04, web05, web06, web07, web08,
        web09, web10, web11, web12, web13, web14, web15, web16, web17, web18, web19 …
        and 3 more
          earliest possible week: 2026-W50
        """)


def test_times_name_the_day_and_both_days_across_midnight() -> None:
    assert span(MONDAY.opens_at, MONDAY.closes_at) == "Mon 30 Nov 09:00–13:00"
    assert span(TUESDAY.opens_at, TUESDAY.closes_at) == "Tue 1 Dec 22:00 – Wed 2 Dec 03:00"
    assert instant(at("2026-11-23T08:05Z")) == "Mon 23 Nov 2026 08:05 UTC"
