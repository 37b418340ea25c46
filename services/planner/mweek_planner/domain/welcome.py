"""What can turn a machine away from a phase, and which phases that leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mweek_planner.domain.census import Census
from mweek_planner.domain.customer import Customer
from mweek_planner.domain.line import Line, Selected
from mweek_planner.domain.phase_set import PhaseSet, has, phase_set
from mweek_planner.domain.plan import Phase


class Cause(StrEnum):
    """What turned a machine away; placement, compromise and (but for `opened`) unplaced codes have the same values."""

    OPENED = "opened"
    NOTICE = "notice"
    BLACKOUT = "blackout"
    TOO_LONG = "too-long"
    REDUNDANCY = "redundancy"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The phases of the week, and which questions are asked at their doors."""

    phases: tuple[Phase, ...]
    now: datetime
    asks_opened: bool
    asks_notice: bool
    asks_blackouts: bool

    def causes(self, customer: Customer | None, needed_minutes: int) -> tuple[Cause | None, ...]:
        """Return for each phase what turns such a machine away, None where it is welcome."""
        return tuple(self._cause(phase, customer, timedelta(minutes=needed_minutes)) for phase in self.phases)

    def opened(self, phase: int) -> bool:
        """Return whether a phase has opened."""
        return self.phases[phase].opens_at <= self.now

    def _cause(self, phase: Phase, customer: Customer | None, needed: timedelta) -> Cause | None:
        if self.asks_opened and phase.opens_at <= self.now:
            return Cause.OPENED
        if customer is not None and self.asks_notice and phase.opens_at < self.now + customer.notice:
            return Cause.NOTICE
        if customer is not None and self.asks_blackouts and blackout_in(customer, phase.opens_at, phase.closes_at):
            return Cause.BLACKOUT
        if needed > phase.closes_at - phase.opens_at:
            return Cause.TOO_LONG
        return None


def blackout_in(customer: Customer, opens_at: datetime, closes_at: datetime) -> str | None:
    """Return the reason of the first blackout that overlaps `[opens_at, closes_at)`, None without one."""
    overlapping = [blackout for blackout in customer.blackouts if blackout.overlaps(opens_at, closes_at)]
    return min(overlapping, key=lambda b: (b.starts_at, b.ends_at, b.reason)).reason if overlapping else None


@dataclass(frozen=True, slots=True)
class Options:
    """Where a kind of machine may go.

    `causes` has for each phase what turns it away; `named` are the phases with an entry that selects it, `unbounded`
    those with an unbounded one. `takes` are the phases that can take it and welcome it, the declared remainder included
    where `remainder` says that it is open to it; `unbounded_takes` are those of them with an unbounded entry.
    """

    causes: tuple[Cause | None, ...]
    named: PhaseSet
    unbounded: PhaseSet
    takes: PhaseSet
    unbounded_takes: PhaseSet
    remainder: bool

    def welcome(self, phase: int) -> bool:
        """Return whether nothing turns it away from a phase."""
        return self.causes[phase] is None


class Welcome:
    """Works out the options of machines, once for each kind, customer and needed time."""

    def __init__(self, house: House, lines: Sequence[Line], remainder: int | None) -> None:
        """Take the number of the declared remainder phase; None where the pattern declares none."""
        self._house = house
        self._lines = lines
        self._remainder = remainder
        self._causes: dict[tuple[str | None, int], tuple[Cause | None, ...]] = {}
        self._options: dict[tuple[Selected, str | None, int], Options] = {}

    def options(self, census: Census, selected: Sequence[Selected]) -> tuple[Options, ...]:
        """Return the options of each machine of the census."""
        result = []
        for machine, lines in zip(census.machines, selected, strict=True):
            needed = machine.needed_minutes
            key = (lines, machine.customer, needed)
            if key not in self._options:
                owner = (machine.customer, needed)
                if owner not in self._causes:
                    self._causes[owner] = self._house.causes(census.owner(machine), needed)
                self._options[key] = self._work_out(lines, self._causes[owner])
            result.append(self._options[key])
        return tuple(result)

    def _work_out(self, selected: Selected, causes: tuple[Cause | None, ...]) -> Options:
        lines = [self._lines[number] for number in selected]
        welcome = phase_set(phase for phase, cause in enumerate(causes) if cause is None)
        unbounded = phase_set(line.phase for line in lines if line.target is None)
        takes = phase_set(line.phase for line in lines if line.can_take) & welcome
        remainder = self._remainder_open(unbounded, welcome)
        if remainder and self._remainder is not None:
            takes |= 1 << self._remainder
        return Options(
            causes, phase_set(line.phase for line in lines), unbounded, takes, unbounded & welcome, remainder
        )

    def _remainder_open(self, unbounded: PhaseSet, welcome: PhaseSet) -> bool:
        """Tell whether the declared remainder takes it: nobody else would, or all that would turned it away before."""
        if self._remainder is None or not has(welcome, self._remainder):
            return False
        return not unbounded & welcome and unbounded >> self._remainder == 0
