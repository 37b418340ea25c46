"""What happens to the plan of a week: it is scheduled, refused or cancelled, and told as windows that change."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from mweek_contracts.fields import Count, Digest, Identifier, PositiveCount, Sentence, Text, Token, UtcDatetime, Week
from mweek_contracts.message import Message
from mweek_contracts.pattern import Pattern
from mweek_contracts.problem import Problem
from mweek_contracts.reasons import RefusalCode
from mweek_contracts.windows import (
    AssignedWindow,
    Compromise,
    Override,
    PhaseSummary,
    RecordsPosition,
    UnplacedMachine,
    WithdrawnWindow,
)

WINDOWS_PER_MESSAGE: Final = 500


class WeekEvent(Message):
    """An event of one week of one location."""

    location: Token
    """The data centre; also in the subject."""
    week: Week
    """The ISO week; also in the subject."""

    @property
    def subject(self) -> str:
        """`evt.<location>.<week>.<event>.v1`; the week as `2026-W49`."""
        return f"evt.{self.location}.{self.week}.{self.message_type}"


class PlanEvent(WeekEvent):
    """An event about one plan revision. A preview changes nothing; its `plan_id` is its own."""

    plan_id: Identifier
    """`<location>/<week>/r<revision>`, or `<location>/<week>/preview/<command_id>`."""
    revision: PositiveCount
    """1 for the first plan of the week; a preview says which it would be."""
    preview: bool = False
    """Computed and told, but not stored: nobody is to act on it."""


class WindowsAssignedV1(PlanEvent):
    """Windows that this revision gives or moves, and the machines that it leaves without; at most 500 of each.

    Windows that stay as they were are not repeated. `unplaced` over all parts is the whole list of this revision.
    """

    part: PositiveCount
    """Counts the `windows-assigned` messages of the revision from 1; `week-scheduled` says how many there are."""
    windows: Annotated[tuple[AssignedWindow, ...], Field(max_length=WINDOWS_PER_MESSAGE)] = ()
    """Each replaces the window that its machine had in the parent revision."""
    unplaced: Annotated[tuple[UnplacedMachine, ...], Field(max_length=WINDOWS_PER_MESSAGE)] = ()
    """In-service machines that have no window in this revision."""


class WindowsWithdrawnV1(PlanEvent):
    """Windows that this revision takes away without giving another; at most 500."""

    part: PositiveCount
    """Counts the `windows-withdrawn` messages of the revision from 1."""
    windows: Annotated[tuple[WithdrawnWindow, ...], Field(max_length=WINDOWS_PER_MESSAGE)] = ()
    """As they were in the parent revision."""


class WeekScheduledV1(PlanEvent):
    """Closes a plan revision: what to have seen before acting on it, and what it is made from."""

    parent_revision: PositiveCount | None = None
    """The revision that the changes are told against; absent for a first plan."""
    command_id: Identifier | None = None
    """The command that asked for it; absent when the planner acted on a finding of the auditor."""
    pattern: Pattern
    """The shape of the week, whole, whether the command named it or carried it."""
    phases: tuple[PhaseSummary, ...]
    """All phases in their order, with the number of windows of the whole revision."""
    windows: Count
    """All windows of the revision, kept ones included."""
    unplaced: Count = 0
    """Machines without a window, over all parts of `windows-assigned`."""
    outside_acceptable: Count = 0
    """Windows that lie, wholly or in part, outside of the times that the customer accepts."""
    assigned_parts: Count
    """How many `windows-assigned` messages came before."""
    withdrawn_parts: Count = 0
    """How many `windows-withdrawn` messages came before."""
    digest: Digest
    """Over all windows of the revision; see *The digest*."""
    records: RecordsPosition
    """How far the planner had read RECORDS."""
    compromises: tuple[Compromise, ...] = ()
    """Where a quota gave way, and to what."""
    overrides: tuple[Override, ...] = ()
    """Rules that the command set aside."""
    scheduled_at: UtcDatetime
    """When the planner decided."""


class WeekRefusedV1(WeekEvent):
    """A command about a week was not carried out; nothing changed."""

    command_id: Identifier
    """The command that was refused."""
    code: RefusalCode
    """Why, for programs."""
    text: Sentence
    """Why, for people, and what to do."""
    preview: bool = False
    """The command was a dry run."""
    earliest_week: Week | None = None
    """With `notice-too-short`: the first week that would not be refused for it."""
    machines: tuple[Token, ...] = ()
    """The machines that it is about, e.g. those that the pattern does not cover."""
    problems: tuple[Problem, ...] = ()
    """With `invalid-command`: everything that is wrong with it."""


class WeekCancelledV1(WeekEvent):
    """The windows of a week that had not opened are withdrawn; `windows-withdrawn` messages came before."""

    plan_id: Identifier
    """The revision that the cancellation makes."""
    revision: PositiveCount
    """Its number."""
    command_id: Identifier
    """The command that asked for it."""
    reason: Text
    """What the administrator gave as the reason; customers read it."""
    withdrawn: Count
    """Windows that were withdrawn."""
    withdrawn_parts: Count
    """How many `windows-withdrawn` messages came before."""
