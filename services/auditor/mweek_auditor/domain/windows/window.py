"""Windows of single machines as they were told: grants with every revision, withdrawals, and what stands of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from mweek_timewindows import Window as Span
from mweek_timewindows import without


class Change(StrEnum):
    """What a grant did to the machine's window, as far as the audit must tell it apart."""

    NEW = "new"
    JOINED = "joined"
    LEFT = "left"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far the planner had read the records when it decided; of a later stream is further."""

    stream_created_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one request asked for."""

    request_id: str
    estimated_minutes: int
    not_before: datetime | None = None
    deadline: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One revision of a window as it was told.

    `number` counts what was heard of the location: a lower one was decided before. `week` is None for a window that
    was made for requests. `previous` is the time of the revision before, where the event names it.
    """

    window_id: str
    machine: str
    customer: str | None
    week: str | None
    revision: int
    time: Span
    latest_start_at: datetime
    change: Change
    significant: bool
    previous: Span | None
    request_id: str | None
    works: tuple[Work, ...]
    reboots: bool
    urgent: bool
    affects: frozenset[str]
    granted_at: datetime
    position: Position
    number: int
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A window is gone. `missed`: its machine did not come."""

    window_id: str
    machine: str
    customer: str | None
    week: str | None
    revision: int
    missed: bool
    affects: frozenset[str]
    number: int
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a window's time, with the revision that made it part of the window."""

    time: Span
    grant: Grant


@dataclass(frozen=True)
class RequestedWindow:
    """All that was told of one window: at least one grant, by revision, and the withdrawal where it is gone."""

    grants: Sequence[Grant]
    withdrawal: Withdrawal | None = None

    @property
    def grant(self) -> Grant:
        """The window as it was told last."""
        return self.grants[-1]

    @property
    def stands(self) -> bool:
        """Whether the machine has it."""
        return self.withdrawal is None

    def before(self, grant: Grant) -> Grant | None:
        """Return the revision before; None where none was heard of."""
        index = self.grants.index(grant)
        return self.grants[index - 1] if index else None

    def added(self, grant: Grant) -> tuple[Span, ...]:
        """Return the time into which a revision reaches and the one before did not."""
        before = self.before(grant)
        if before is not None:
            return without((grant.time,), (before.time,))
        if grant.previous is not None:
            return without((grant.time,), (grant.previous,))
        return (grant.time,) if grant.change is Change.NEW else ()

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The time of the window as it is now, each part with the revision since which it is part of it."""
        pieces: list[Piece] = []
        for grant in self.grants:
            kept = [Piece(time, one.grant) for one in pieces if (time := one.time.intersection(grant.time)) is not None]
            new = without((grant.time,), (one.time for one in kept))
            pieces = [*kept, *(Piece(time, grant) for time in new)]
        return tuple(sorted(pieces, key=lambda piece: piece.time))

    def standing_at(self, number: int) -> Grant | None:
        """Return the revision that stood when so much had been heard; None before the first, or after the end."""
        if self.withdrawal is not None and self.withdrawal.number < number:
            return None
        return next((grant for grant in reversed(self.grants) if grant.number < number), None)

    def is_significant(self, grant: Grant) -> bool:
        """Return whether customers must be told: it reaches into time that they did not know of, or newly reboots."""
        before = self.before(grant)
        if before is None:
            return grant.significant or grant.change is Change.NEW
        return grant.significant or bool(self.added(grant)) or (grant.reboots and not before.reboots)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekWindow:
    """The window that a maintenance week gives a machine; `number` as in `Grant`: when the plan was heard of."""

    machine: str
    week: str
    time: Span
    number: int

    @property
    def window_id(self) -> str:
        """What requests and leases call it."""
        return f"{self.week}/{self.machine}"


def windows_by_id(told: Iterable[Grant | Withdrawal]) -> Mapping[str, RequestedWindow]:
    """Put together what was told of each window; of one whose grants were not heard nothing is known.

    A withdrawal ends a window only where no later revision was granted: a week's window stays when its requests go.
    """
    by_id: dict[str, list[Grant | Withdrawal]] = {}
    for one in told:
        by_id.setdefault(one.window_id, []).append(one)
    found = {}
    for window_id, revisions in by_id.items():
        ordered = sorted(revisions, key=lambda one: one.revision)
        grants = [one for one in ordered if isinstance(one, Grant)]
        last = ordered[-1]
        if grants:
            found[window_id] = RequestedWindow(grants, last if isinstance(last, Withdrawal) else None)
    return found
