"""Whether an entry that took fewer than its target could have taken more, and what kept it from that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mweek_contracts.reasons import CompromiseCode

from mweek_auditor.domain.census import Census, NumberedEntry
from mweek_auditor.domain.fleet import Machine
from mweek_auditor.domain.layout import Layout
from mweek_auditor.domain.plan import Case
from mweek_auditor.domain.welcome import Welcome


class Shortages:
    """Looks for machines that a short entry left to later phases."""

    def __init__(self, case: Case, census: Census, layout: Layout, welcome: Welcome) -> None:
        """Take what is known of the fleet and of the plan."""
        self._case = case
        self._census = census
        self._layout = layout
        self._welcome = welcome

    def overlooked(self, entry: NumberedEntry, astray: frozenset[str]) -> Machine | None:
        """Return a machine that the entry could have taken instead of leaving it to a later phase, if there is one.

        Args:
            astray: machines of which nothing is claimed, since their place is a finding already.
        """
        for machine in self._left_over(entry, astray):
            if not self.causes_for(machine, entry):
                return machine
        return None

    def is_confirmed(self, code: str, entry: NumberedEntry, astray: frozenset[str]) -> bool:
        """Return whether the records know a machine that the entry missed for this cause."""
        if code == CompromiseCode.TOO_FEW:
            kept = self._case.kept
            return any(machine.name in kept or self._is_taken(machine, entry) for machine in self._population(entry))
        return any(code in self.causes_for(machine, entry) for machine in self._left_over(entry, astray))

    def causes_for(self, machine: Machine, entry: NumberedEntry) -> frozenset[str]:
        """Return all that kept the machine from being taken by the entry; empty when nothing did."""
        away = self._welcome.by_cause(machine)
        causes = {code.value for code, phases in away.items() if phases >> entry.phase & 1}
        if machine.name in self._case.kept:
            causes.add(CompromiseCode.KEPT.value)
        if self._layout.shares(machine, entry.phase) or self._layout.is_group_in_doubt(machine):
            causes.add(CompromiseCode.REDUNDANCY.value)
        return frozenset(causes)

    def causes(self, entry: NumberedEntry, astray: frozenset[str]) -> frozenset[str]:
        """Return everything that kept any machine from being taken by the entry."""
        found: set[str] = set()
        for machine in self._left_over(entry, astray):
            found |= self.causes_for(machine, entry)
        return frozenset(found)

    def _left_over(self, entry: NumberedEntry, astray: frozenset[str]) -> Iterator[Machine]:
        """Yield the machines of the entry's population that are in no phase up to this one."""
        for machine in self._population(entry):
            if machine.name not in astray and not self._is_taken(machine, entry):
                yield machine

    def _is_taken(self, machine: Machine, entry: NumberedEntry) -> bool:
        place = self._layout.phase.get(machine.name)
        return place is not None and place <= entry.phase

    def _population(self, entry: NumberedEntry) -> Iterable[Machine]:
        return (m for m in self._case.planned_from.in_service.values() if self._census.selecting(m) & entry.bit)
