"""What can turn a machine away from a phase, and which phases that leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.line import Line
from mweek_planner.domain.phase_set import PhaseSet, has, phase_set
from mweek_planner.domain.plan import Phase


class Cause(StrEnum):
    """What turned a machine away; placement, compromise and (but for `opened`) unplaced codes have the same values."""

    OPENED = "opened"
    NOTICE = "notice"
    BLACKOUT = "blackout"
    TOO_LONG = "too-long"
    REDUNDANCY = "redundancy"


Causes = tuple[Cause | None, ...]
"""For each phase what turns a machine away, None where it is welcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The phases of the week, and which questions are asked at their doors."""

    phases: tuple[Phase, ...]
    now: datetime
    asks_opened: bool
    asks_notice: bool
    asks_blackouts: bool

    def barred(self, customer: Customer | None) -> Causes:
        """Return for each phase what turns the machines of a customer away whatever they need, None without."""
        return tuple(self._cause(phase, customer) for phase in self.phases)

    def causes(self, barred: Causes, needed_minutes: int) -> Causes:
        """Return for each phase what turns a machine away, None where it is welcome."""
        needed = timedelta(minutes=needed_minutes)
        return tuple(
            cause or (Cause.TOO_LONG if needed > phase.closes_at - phase.opens_at else None)
            for cause, phase in zip(barred, self.phases, strict=True)
        )

    def _cause(self, phase: Phase, customer: Customer | None) -> Cause | None:
        if self.asks_opened and phase.opens_at <= self.now:
            return Cause.OPENED
        if customer is not None and self.asks_notice and phase.opens_at < self.now + customer.notice:
            return Cause.NOTICE
        if customer is not None and self.asks_blackouts and blackout_in(customer, phase.opens_at, phase.closes_at):
            return Cause.BLACKOUT
        return None


def blackout_in(customer: Customer, opens_at: datetime, closes_at: datetime) -> str | None:
    """Return the reason of the first blackout that overlaps `[opens_at, closes_at)`, None without one."""
    overlapping = [blackout for blackout in customer.blackouts if blackout.overlaps(opens_at, closes_at)]
    return min(overlapping, key=lambda b: (b.starts_at, b.ends_at, b.reason)).reason if overlapping else None


class Options(NamedTuple):
    """Where a kind of machine may go.

    `causes` has for each phase what turns it away, `away` the phases that do; `named` are the phases with an entry that
    selects it, `unbounded` those with an unbounded one. `takes` are the phases that can take it and welcome it, the
    declared remainder included where `remainder` says that it is open to it; `unbounded_takes` are those of them with
    an unbounded entry.
    """

    causes: Causes
    away: PhaseSet
    named: PhaseSet
    unbounded: PhaseSet
    takes: PhaseSet
    unbounded_takes: PhaseSet
    remainder: bool

    def welcome(self, phase: int) -> bool:
        """Return whether nothing turns it away from a phase."""
        return not has(self.away, phase)


class Welcome:
    """Works out the options of machines that the same lines select and the same causes turn away."""

    def __init__(self, lines: Sequence[Line], remainder: int | None) -> None:
        """Take the lines of the week and the number of the declared remainder phase; None where there is none."""
        self._lines = lines
        self._remainder = remainder

    def options(self, selected: Sequence[int], causes: Causes) -> Options:
        """Return where machines may go that these lines select."""
        lines = [self._lines[number] for number in selected]
        away = phase_set(phase for phase, cause in enumerate(causes) if cause is not None)
        unbounded = phase_set(line.phase for line in lines if line.target is None)
        takes = phase_set(line.phase for line in lines if line.can_take) & ~away
        remainder = self._remainder_open(unbounded, away)
        if remainder and self._remainder is not None:
            takes |= 1 << self._remainder
        named = phase_set(line.phase for line in lines)
        return Options(causes, away, named, unbounded, takes, unbounded & ~away, remainder)

    def _remainder_open(self, unbounded: PhaseSet, away: PhaseSet) -> bool:
        """Tell whether the declared remainder takes it: nobody else would, or all that would turned it away before."""
        if self._remainder is None or has(away, self._remainder):
            return False
        return not unbounded & ~away and unbounded >> self._remainder == 0
