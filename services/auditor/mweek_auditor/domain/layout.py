"""Where each machine is: the phase of the one window that it has, and who its peers there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from mweek_auditor.domain.coverage import Coverage
from mweek_auditor.domain.fleet import Machine
from mweek_auditor.domain.plan import Case, Window


class Layout:
    """A plan spread over the phases of its pattern; of a machine with several windows, or none, it knows no place."""

    def __init__(self, case: Case, coverage: Coverage) -> None:
        """Find the phase of each single window."""
        index = {phase.name: number for number, phase in enumerate(case.frame.phases)}
        self.window: Mapping[str, Window] = coverage.single
        self.phase = {name: index[w.phase] for name, w in coverage.single.items() if w.phase in index}
        self.kept = case.kept
        self._case = case
        self._doubted = coverage.doubted

    @cached_property
    def in_phase(self) -> Sequence[Sequence[str]]:
        """The machines of each phase, strangers included."""
        phases: list[list[str]] = [[] for _ in self._case.frame.phases]
        for name, phase in self.phase.items():
            phases[phase].append(name)
        return phases

    def peers(self, machine: Machine) -> tuple[Machine, ...]:
        """Return the other in-service members of the machine's redundancy group, by the records of the plan."""
        if machine.redundancy_group is None:
            return ()
        group = self._case.planned_from.groups.get(machine.redundancy_group, ())
        return tuple(peer for peer in group if peer.name != machine.name)

    def shares(self, machine: Machine, phase: int) -> bool:
        """Return whether a peer of the machine is in the phase."""
        return any(self.phase.get(peer.name) == phase for peer in self.peers(machine))

    def is_group_in_doubt(self, machine: Machine) -> bool:
        """Return whether the plan may have seen other members of the machine's group than the records have."""
        return machine.redundancy_group is not None and (
            bool(self._case.doubtful) or machine.redundancy_group in self._doubted_groups
        )

    @cached_property
    def _doubted_groups(self) -> frozenset[str]:
        known = self._case.planned_from.by_name
        groups = (known[name].redundancy_group for name in self._doubted if name in known)
        return frozenset(group for group in groups if group is not None)

    @cached_property
    def kept_groups(self) -> frozenset[str]:
        """The redundancy groups of which a member has kept its window."""
        known = self._case.planned_from.by_name
        groups = (known[name].redundancy_group for name in self._case.kept if name in known)
        return frozenset(group for group in groups if group is not None)
