"""What a story has set up so far: the records, the plan, what became of its notices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from mweek_auditor.domain.cancellation import Cancellation
from mweek_auditor.domain.fleet import Customer, Fleet, Machine
from mweek_auditor.domain.pattern import Pattern
from mweek_auditor.domain.plan import Case, Parent, Plan, Window
from mweek_auditor.domain.told import Notice
from mweek_auditor.translation.pattern import pattern_of
from mweek_contracts.documents import built_in_pattern, read_pattern


class StageError(ValueError):
    """A step cannot be done with what the story has set up so far."""


def _empty_fleet() -> Fleet:
    return Fleet(machines=())


@dataclass(kw_only=True)
class Stage:
    """The state of one story; steps change it. `folder` takes the files that the story writes."""

    folder: Path
    week: str = "2026-W49"
    location: str = ""
    fleet_file: Path | None = None
    pattern_source: str = "one-few-many"
    fleet: Fleet = field(default_factory=_empty_fleet)
    planned_from: Fleet = field(default_factory=_empty_fleet)
    made: Plan | None = None
    good: Plan | None = None
    outside_acceptable: int = 0
    parent: Parent | None = None
    now: datetime | None = None
    due_at: datetime | None = None
    notices: list[Notice] = field(default_factory=list)
    cancelled: Cancellation | None = None

    @property
    def plan(self) -> Plan:
        """The plan."""
        if self.made is None:
            raise StageError("there is no plan yet: write `plan at TIME:` or `planner plans at TIME` before")
        return self.made

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self.made = plan

    @property
    def pattern(self) -> Pattern:
        """The pattern, laid over the week."""
        found = built_in_pattern(self.pattern_source) or read_pattern(Path(self.pattern_source))
        return pattern_of(found, self.week)

    @property
    def case(self) -> Case:
        """All that the audit looks at."""
        return Case(
            plan=self.plan,
            pattern=self.pattern,
            fleet=self.fleet,
            planned_from=self.planned_from,
            now=self.now,
            parent=self.parent,
        )

    def machine(self, name: str) -> Machine:
        """Return the record of a machine."""
        if name not in self.fleet.by_name:
            raise StageError(f"no record knows a machine {name}")
        return self.fleet.by_name[name]

    def customer(self, name: str) -> Customer:
        """Return the record of a customer."""
        if name not in self.fleet.customer_by_name:
            raise StageError(f"no record knows a customer {name}")
        return self.fleet.customer_by_name[name]

    def record(self, machine: Machine) -> None:
        """Put a record of a machine in the place of its namesake's, or add it."""
        others = tuple(m for m in self.fleet.machines if m.name != machine.name)
        self.fleet = replace(self.fleet, machines=(*others, machine))

    def window(self, machine: str) -> Window:
        """Return the only window of a machine."""
        found = [window for window in self.plan.windows if window.machine == machine]
        if len(found) != 1:
            raise StageError(f"{machine} has {len(found)} windows, and the step needs one")
        return found[0]

    def whole(self, machine: str, phase: str) -> Window:
        """Return the whole of a phase as the window of a machine."""
        found = self.pattern.phase_named(phase)
        if found is None:
            raise StageError(f"the pattern has no phase {phase}")
        return Window(machine=machine, phase=phase, opens_at=found[1].opens_at, closes_at=found[1].closes_at)

    def put(self, *windows: Window) -> None:
        """Let the plan have these windows."""
        self.plan = replace(self.plan, windows=windows)

    def exchange(self, *windows: Window) -> None:
        """Give these windows to their machines, in the place of those that they have."""
        named = {window.machine for window in windows}
        self.put(*(w for w in self.plan.windows if w.machine not in named), *windows)


def instant(text: str) -> datetime:
    """Return the instant that a story names, such as `2026-11-23T08:00Z`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise StageError(f"{text} is no time such as 2026-11-23T08:00Z") from None
    if found.tzinfo is None:
        raise StageError(f"{text} has no zone: end it with Z for UTC")
    return found.astimezone(UTC)


def part(window: Window, opens: str, closes: str) -> Window:
    """Return the window with other times, such as `17:00` and `19:30`, on the day that it opens."""
    day = f"{window.opens_at:%Y-%m-%d}"
    return replace(window, opens_at=instant(f"{day}T{opens}Z"), closes_at=instant(f"{day}T{closes}Z"))
