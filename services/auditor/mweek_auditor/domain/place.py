"""Every window is in a phase that takes its machine, and no later than the entry that takes all of its kind."""

from __future__ import annotations

from collections.abc import Iterator

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.census import Census
from mweek_auditor.domain.evidence import Evidence
from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.fleet import Machine


class Places:
    """The phase of each machine against the entries of the pattern."""

    def __init__(self, evidence: Evidence) -> None:
        """Take what is known of the fleet and of the plan."""
        self._case = evidence.case
        self._census = evidence.census
        self._layout = evidence.layout
        self._welcome = evidence.welcome
        self._holding = evidence.holding
        is_changed = self._case.fleet is not self._case.planned_from
        self._today = Census(self._case.fleet, self._case.frame) if is_changed else evidence.census

    def findings(self) -> Iterator[Finding]:
        """Yield wrong-phase, and quota for machines that an earlier entry should have taken."""
        for name, phase in self._layout.phase.items():
            if self._case.is_settled(self._layout.window[name]):
                continue
            machine = self._case.planned_from.in_service.get(name)
            if machine is not None and name not in self._case.doubtful:
                yield from self._as_planned(machine, phase)
            yield from self._as_of_now(name, machine, phase)

    def is_remainder(self, machine: Machine, phase: int) -> bool:
        """Return whether the machine may be there because the phase is the declared remainder (Placing 5)."""
        if phase != self._case.frame.remainder:
            return False
        unbounded = self._census.unbounded_phases(self._census.selecting(machine))
        if not unbounded or machine.name in self._case.kept:
            return True
        away = self._welcome.turned_away(machine)
        held = [earlier for earlier in _members(unbounded) if not away >> earlier & 1]
        if not all(self._holding.explains(machine, earlier) for earlier in held):
            return False
        return bool(unbounded) and not unbounded >> phase

    def _as_planned(self, machine: Machine, phase: int) -> Iterator[Finding]:
        entries = self._census.selecting(machine)
        if not entries & self._census.in_phase[phase] and not self.is_remainder(machine, phase):
            yield self._wrong(machine, phase, self._census)
        elif machine.name not in self._case.kept:
            missed = self._census.unbounded_phases(entries) & ((1 << phase) - 1) & ~self._welcome.turned_away(machine)
            for earlier in _members(missed):
                if not self._holding.explains(machine, earlier):
                    yield self._overlooked(machine, phase, earlier)
                    return

    def _as_of_now(self, name: str, planned: Machine | None, phase: int) -> Iterator[Finding]:
        """Yield wrong-phase where the machine has become one that its phase does not take, and can still be moved."""
        machine = self._case.fleet.in_service.get(name)
        if machine is None or machine == planned or self._case.has_opened(self._layout.window[name]):
            return
        taken = self._today.selecting(machine) & self._today.in_phase[phase]
        if not taken and phase != self._case.frame.remainder:
            yield self._wrong(machine, phase, self._today)

    def _wrong(self, machine: Machine, phase: int, census: Census) -> Finding:
        entries = census.selecting(machine)
        takers = [self._name(e.phase) for e in census.entries if e.bit & entries]
        if not takers and self._case.frame.remainder is not None:
            takers = [self._name(self._case.frame.remainder)]
        where = f"it belongs in {' or '.join(dict.fromkeys(takers))}" if takers else "no phase of the pattern takes it"
        kind = f"role {machine.role}, environment {machine.environment}"
        text = f"{machine.name} ({kind}) is in {self._name(phase)}, which takes no such machine; {where}."
        return Finding(FindingCode.WRONG_PHASE, machine.name, text)

    def _overlooked(self, machine: Machine, phase: int, earlier: int) -> Finding:
        entries = self._census.selecting(machine) & self._census.unbounded
        entry = next(e for e in self._census.entries if e.bit & entries and e.phase == earlier)
        text = (
            f"{machine.name} is in {self._name(phase)}; {self._name(earlier)} takes all machines with "
            f"{entry.entry.select} that are left, and nothing turned it away there."
        )
        return Finding(FindingCode.QUOTA, machine.name, text)

    def _name(self, phase: int) -> str:
        return self._case.frame.phases[phase].name


def _members(phases: int) -> tuple[int, ...]:
    return tuple(phase for phase in range(phases.bit_length()) if phases >> phase & 1)
