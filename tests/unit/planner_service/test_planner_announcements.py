"""What is said of a decision: parts that fit a message, and a closing message that counts them."""

from __future__ import annotations

from typing import Any

import pytest
from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import WeekCancelledV1, WeekScheduledV1, WindowsAssignedV1, WindowsWithdrawnV1
from mweek_contracts.message import Message
from mweek_contracts.problem import Problem
from mweek_contracts.reading import read_message
from mweek_contracts.reasons import RefusalCode, UnplacedCode
from mweek_planner.domain.outcome import Refused
from mweek_planner.domain.plan import Overrides, Unplaced, facts
from mweek_planner.interfaces import Revision, UnknownPattern
from mweek_planner.translation import cancelled, refused, scheduled

from tests.support.ids import ReadableIds, at
from tests.support.planner_values import kept, later, plan, revision, window

NOW = at("2026-11-20T08:00Z")
LARGEST_BODY = 1024 * 1024 - 16 * 1024
"""What a server takes, less generous headers."""


def told(of: Revision, **asked: Any) -> list[Message]:
    """Return the messages of a revision, each read back as a listener reads it."""
    ids = ReadableIds("said")
    messages = scheduled(of, lambda: envelope(ids()), **{"command_id": "command-1", **asked})
    assert [read_message(message.subject, message.body()) for message in messages] == messages
    assert all(len(message.body()) <= LARGEST_BODY for message in messages)
    return messages


def envelope(message_id: str) -> dict[str, Any]:
    return {"message_id": message_id, "correlation_id": "command-1", "occurred_at": NOW}


def schedule(**fields: Any) -> ScheduleWeekV1:
    values = {"command_id": "command-1", "location": "rzob", "week": "2026-W49"}
    return ScheduleWeekV1(**envelope("m-1"), **{**values, **fields})


def test_revision_without_changes_is_its_closing_message_alone() -> None:
    first = plan([window("a")])
    second = plan([kept(window("a"))], parent=first)
    (closing,) = told(revision(second, parent=first))
    assert isinstance(closing, WeekScheduledV1)
    assert (closing.windows, closing.assigned_parts, closing.withdrawn_parts) == (1, 0, 0)


def test_more_than_500_windows_are_told_in_parts() -> None:
    *parts, closing = told(revision(plan(window(f"m{number:04d}") for number in range(1_001))))
    assert [len(part.windows) for part in parts if isinstance(part, WindowsAssignedV1)] == [500, 500, 1]
    assert isinstance(closing, WeekScheduledV1)
    assert closing.assigned_parts == 3


def test_hosts_of_hundreds_of_machines_are_told_in_parts_that_a_server_takes() -> None:
    guests = tuple(f"{number:03d}" + "v" * 60 for number in range(300))
    *parts, _ = told(revision(plan(window(f"kyle{number:03d}", affects=guests) for number in range(200))))
    windows = [w for part in parts if isinstance(part, WindowsAssignedV1) for w in part.windows]
    assert [w.machine for w in windows] == [f"kyle{number:03d}" for number in range(200)]
    assert len(parts) > 5


def test_machines_without_window_are_spread_over_the_parts() -> None:
    lost = tuple(Unplaced(f"lost{number:04d}", None, UnplacedCode.NO_PHASE) for number in range(700))
    *parts, closing = told(revision(plan([window("a")], unplaced=lost)))
    sizes = [(len(part.windows), len(part.unplaced)) for part in parts if isinstance(part, WindowsAssignedV1)]
    assert sizes == [(1, 500), (0, 200)]
    assert isinstance(closing, WeekScheduledV1)
    assert (closing.unplaced, closing.assigned_parts) == (700, 2)


def test_windows_that_moved_and_that_are_gone_are_told_with_what_they_were() -> None:
    first = plan([window("moves"), window("goes", affects=("a", "b"), customer="acme")])
    second = plan([later(window("moves"), minutes=30)], parent=first)
    assigned, withdrawn, _ = told(revision(second, parent=first))
    assert isinstance(assigned, WindowsAssignedV1)
    assert isinstance(withdrawn, WindowsWithdrawnV1)
    (moved,), (gone,) = assigned.windows, withdrawn.windows
    assert moved.previous is not None
    assert (moved.previous.opens_at, moved.opens_at) == (window("moves").opens_at, second.assignments[0].opens_at)
    assert (gone.machine, gone.customer, gone.affects, gone.reason) == (
        "goes",
        "acme",
        ("a", "b"),
        UnplacedCode.RETIRED,
    )


def test_preview_has_a_plan_id_of_its_own_in_every_message() -> None:
    messages = told(revision(plan([window("a")])), preview=True)
    assert {message.plan_id for message in messages} == {"rzob/2026-W49/preview/command-1"}  # type: ignore[attr-defined]
    assert all(message.preview for message in messages)  # type: ignore[attr-defined]


def test_repair_names_no_command() -> None:
    *_, closing = told(revision(plan([window("a")])), command_id=None)
    assert isinstance(closing, WeekScheduledV1)
    assert closing.command_id is None


def test_overrides_are_told_with_their_reasons() -> None:
    *_, closing = told(revision(plan([window("a")], overrides=Overrides(notice="urgent"))))
    assert isinstance(closing, WeekScheduledV1)
    assert [(override.rule, override.reason) for override in closing.overrides] == [("notice", "urgent")]


def test_facts_arrive_as_they_are() -> None:
    told_facts = facts(quota=3, share="30%", selector="role customer", full=True)
    part, _ = told(revision(plan([window("a", facts=told_facts)])))
    assert isinstance(part, WindowsAssignedV1)
    assert part.windows[0].facts == {"quota": 3, "share": "30%", "selector": "role customer", "full": True}


def test_cancellation_is_told_with_the_windows_it_takes_away() -> None:
    first = plan(window(f"m{number:04d}") for number in range(600))
    second = plan([], parent=first, cancelled=True)
    ids = ReadableIds("said")
    command = CancelWeekV1(
        **envelope("m-1"), command_id="command-1", location="rzob", week="2026-W49", reason="a storm"
    )
    *parts, closing = cancelled(revision(second, parent=first), lambda: envelope(ids()), command=command)
    assert [len(part.windows) for part in parts if isinstance(part, WindowsWithdrawnV1)] == [500, 100]
    assert isinstance(closing, WeekCancelledV1)
    assert (closing.plan_id, closing.revision, closing.withdrawn, closing.withdrawn_parts, closing.reason) == (
        "rzob/2026-W49/r2",
        2,
        600,
        2,
        "a storm",
    )


def test_refusal_of_a_whole_fleet_still_fits_a_message() -> None:
    names = tuple(f"m{number:06d}" for number in range(100_000))
    why = Refused(RefusalCode.NOT_COVERED, "not covered: " + ", ".join(names), machines=names)
    message = refused(why, lambda: envelope("said-1"), command=schedule())
    assert read_message(message.subject, message.body()) == message
    assert len(message.body()) < LARGEST_BODY
    assert message.machines == names[:1_000]
    assert message.text.startswith("not covered: m000000, ")


@pytest.mark.parametrize("dry_run", [False, True])
def test_unknown_pattern_is_refused_with_its_problems(dry_run: bool) -> None:
    problem = Problem(place="odd.yaml:4: phases[0].opens", text="is no time")
    why = UnknownPattern(text="the pattern odd cannot be used", problems=(problem,))
    message = refused(why, lambda: envelope("said-1"), command=schedule(dry_run=dry_run))
    assert (message.code, message.problems, message.preview) == (RefusalCode.UNKNOWN_PATTERN, (problem,), dry_run)
