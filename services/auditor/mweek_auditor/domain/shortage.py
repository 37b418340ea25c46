"""Whether an entry that took fewer than its target could have taken more, and what kept it from that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mweek_contracts.reasons import CompromiseCode

from mweek_auditor.domain.census import NumberedEntry
from mweek_auditor.domain.evidence import Evidence
from mweek_auditor.domain.fleet import Machine


class Shortages:
    """Looks for machines that a short entry left to later phases."""

    def __init__(self, evidence: Evidence) -> None:
        """Take what is known of the fleet and of the plan."""
        self._case = evidence.case
        self._census = evidence.census
        self._layout = evidence.layout
        self._welcome = evidence.welcome
        self._holding = evidence.holding

    def overlooked(self, entry: NumberedEntry, missing: int, astray: frozenset[str]) -> Machine | None:
        """Return a machine that the entry could have taken instead of leaving it to a later phase, if there is one.

        Args:
            missing: how many machines the entry is short of. So many may have been taken and sent on again, when the
                phase turned out too short to be cut for all peers in it.
            astray: machines of which nothing is claimed, since their place is a finding already.
        """
        if missing <= sum(self._was_sent_on(machine, entry) for machine in self._population(entry)):
            return None
        for machine in self._left_over(entry):
            if machine.name in astray or self.causes_for(machine, entry):
                continue
            if not self._is_taken(machine, entry) or self._is_surely_remainder(machine):
                return machine
        return None

    def is_confirmed(self, code: str, entry: NumberedEntry) -> bool:
        """Return whether the records know a machine that the entry missed for this cause."""
        population = tuple(self._population(entry))
        if code == CompromiseCode.OPENED:
            return self._welcome.had_opened(entry.phase)
        if code == CompromiseCode.TOO_FEW:
            return not any(self._is_surely_left(machine, entry) for machine in population)
        # A later entry of the same phase may have taken what this one had to leave.
        return any(self._is_left(m, entry.phase - 1) and code in self.causes_for(m, entry) for m in population)

    def causes_for(self, machine: Machine, entry: NumberedEntry) -> frozenset[str]:
        """Return all that kept the machine from being taken by the entry; empty when nothing did."""
        away = self._welcome.by_cause(machine)
        causes = {code.value for code, phases in away.items() if phases >> entry.phase & 1}
        if machine.name in self._case.kept:
            causes.add(CompromiseCode.KEPT.value)
        shares = self._layout.shares(machine, entry.phase) or self._layout.is_group_in_doubt(machine)
        if shares or self._holding.is_sent_on(machine, entry.phase):
            causes.add(CompromiseCode.REDUNDANCY.value)
        return frozenset(causes)

    def causes(self, entry: NumberedEntry) -> frozenset[str]:
        """Return everything that kept any machine from being taken by the entry."""
        found: set[str] = set()
        for machine in self._left_over(entry):
            found |= self.causes_for(machine, entry)
        return frozenset(found)

    def _left_over(self, entry: NumberedEntry) -> Iterator[Machine]:
        """Yield the machines of the entry's population that had, or may have had, no window after it."""
        for machine in self._population(entry):
            if self._is_left(machine, entry.phase):
                yield machine

    def _is_left(self, machine: Machine, phase: int) -> bool:
        place = self._layout.phase.get(machine.name)
        # The declared remainder is filled last, wherever it lies in the week.
        return place is None or place > phase or place == self._case.frame.remainder

    def _was_sent_on(self, machine: Machine, entry: NumberedEntry) -> bool:
        return self._is_left(machine, entry.phase) and self._holding.is_crowded_out(machine, entry.phase)

    def _is_surely_left(self, machine: Machine, entry: NumberedEntry) -> bool:
        if machine.name in self._case.kept:
            return False
        return not self._is_taken(machine, entry) or self._is_surely_remainder(machine)

    def _is_surely_remainder(self, machine: Machine) -> bool:
        remainder = self._case.frame.remainder
        if remainder is None or self._layout.phase.get(machine.name) != remainder:
            return False
        return not self._census.selecting(machine) & self._census.in_phase[remainder]

    def _is_taken(self, machine: Machine, entry: NumberedEntry) -> bool:
        place = self._layout.phase.get(machine.name)
        return place is not None and place <= entry.phase

    def _population(self, entry: NumberedEntry) -> Iterable[Machine]:
        return (m for m in self._case.planned_from.in_service.values() if self._census.selecting(m) & entry.bit)
