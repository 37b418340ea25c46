"""Peers are never down together: other phases where the pattern allows, else disjoint slots of one phase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, pairwise

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.evidence import Evidence
from mweek_auditor.domain.finding import Finding, span
from mweek_auditor.domain.fleet import STEP_MINUTES, Fleet, Machine
from mweek_auditor.domain.plan import Window


class Redundancy:
    """The windows of the members of each redundancy group."""

    def __init__(self, evidence: Evidence) -> None:
        """Take what is known of the fleet and of the plan."""
        self._case = evidence.case
        self._census = evidence.census
        self._layout = evidence.layout
        self._holding = evidence.holding

    def findings(self, astray: frozenset[str]) -> Iterator[Finding]:
        """Yield redundancy, and outside-phase for a machine that has no peer beside it and not the whole phase.

        Args:
            astray: machines whose place is a finding already.
        """
        yield from self._overlaps(self._case.fleet, astray)
        if self._case.fleet is not self._case.planned_from:
            yield from self._overlaps(self._case.planned_from, astray)
        for group, members in self._case.planned_from.groups.items():
            if not self._layout.is_group_in_doubt(members[0]) and not astray & {m.name for m in members}:
                yield from self._sharing(group, members)
        yield from self._not_whole(astray)

    def _overlaps(self, fleet: Fleet, astray: frozenset[str]) -> Iterator[Finding]:
        """Yield the overlaps among peers that these records decide: see `Case.records_for`."""
        for group, members in fleet.groups.items():
            windows = [self._layout.window[m.name] for m in members if m.name in self._layout.window]
            windows.sort(key=lambda window: window.opens_at)
            latest: Window | None = None
            for window in windows:
                if latest is not None and window.overlaps(latest) and self._decides(fleet, latest, window):
                    yield _overlap(group, latest, window)
                if latest is None or window.closes_at > latest.closes_at:
                    latest = window

    def _decides(self, fleet: Fleet, one: Window, other: Window) -> bool:
        if self._case.is_settled(one) and self._case.is_settled(other):
            return False
        later = max(one, other, key=lambda window: window.opens_at)
        return self._case.records_for(later) is fleet

    def _sharing(self, group: str, members: tuple[Machine, ...]) -> Iterator[Finding]:
        for phase in {self._layout.phase[m.name] for m in members if m.name in self._layout.phase}:
            here = tuple(m for m in members if self._layout.phase.get(m.name) == phase)
            if len(here) < 2 or self._is_overlapping(here):
                continue
            yield from self._slots(group, here, phase)
            if self._bounded_twice(here, phase) or self._kept_together(members, here, phase):
                names = " and ".join(machine.name for machine in here)
                name = self._case.frame.phases[phase].name
                text = f"{names} of redundancy group {group} are both in {name}; the pattern has room for them apart."
                yield Finding(FindingCode.REDUNDANCY, here[-1].name, text)

    def _slots(self, group: str, here: tuple[Machine, ...], phase_index: int) -> Iterator[Finding]:
        """Yield redundancy where the slots are not equal parts of the whole phase, by machine name (Placing 4)."""
        phase = self._case.frame.phases[phase_index]
        if self._case.kept & {machine.name for machine in here}:
            return
        windows = [self._layout.window[machine.name] for machine in here]
        step = timedelta(minutes=STEP_MINUTES)
        part = (phase.closes_at - phase.opens_at) // len(here) // step * step
        ends = [phase.opens_at, *(window.closes_at for window in windows)]
        is_even = all(part <= window.closes_at - window.opens_at < part + 2 * step for window in windows)
        if [window.opens_at for window in windows] != ends[:-1] or ends[-1] != phase.closes_at or not is_even:
            names = " and ".join(machine.name for machine in here)
            text = f"{names} of redundancy group {group} do not have equal parts of {phase.name} in the order of names."
            yield Finding(FindingCode.REDUNDANCY, here[-1].name, text)

    def _is_overlapping(self, here: tuple[Machine, ...]) -> bool:
        windows = sorted((self._layout.window[m.name] for m in here), key=lambda window: window.opens_at)
        return any(one.overlaps(other) for one, other in pairwise(windows))

    def _bounded_twice(self, here: tuple[Machine, ...], phase: int) -> bool:
        """Return whether a bounded entry took a machine although a peer was in the phase (Placing 4)."""
        if phase == self._case.frame.remainder:
            return False
        entries = self._census.in_phase[phase] & self._census.unbounded
        bounded = [machine for machine in here if not self._census.selecting(machine) & entries]
        return any(
            one.name not in self._case.kept or other.name not in self._case.kept
            for one, other in combinations(bounded, 2)
        )

    def _kept_together(self, members: tuple[Machine, ...], here: tuple[Machine, ...], phase: int) -> bool:
        """Return whether an unbounded entry put in one phase what it had to keep for later ones (Placing 4)."""
        if members[0].redundancy_group in self._layout.kept_groups:
            return False
        entries = self._census.in_phase[phase] & self._census.unbounded
        if not any(self._census.selecting(machine) & entries for machine in here):
            return False
        later = [m for m in members if self._layout.phase.get(m.name, phase + 1) > phase]
        return len(later) < self._holding.later_phases((*here, *later), phase, of_all=True)

    def _not_whole(self, astray: frozenset[str]) -> Iterator[Finding]:
        for name, phase_index in self._layout.phase.items():
            machine = self._case.planned_from.in_service.get(name)
            window, phase = self._layout.window[name], self._case.frame.phases[phase_index]
            if machine is None or (window.opens_at, window.closes_at) == (phase.opens_at, phase.closes_at):
                continue
            inside = phase.opens_at <= window.opens_at and window.closes_at <= phase.closes_at
            if inside and name not in self._case.kept and self._is_alone(machine, phase_index, astray):
                text = (
                    f"{name} has {span(window.opens_at, window.closes_at)} and no peers in {phase.name}, "
                    f"of which it should have the whole ({span(phase.opens_at, phase.closes_at)})."
                )
                yield Finding(FindingCode.OUTSIDE_PHASE, name, text)

    def _is_alone(self, machine: Machine, phase: int, astray: frozenset[str]) -> bool:
        """Return whether no peer can have been in the phase when it was cut."""
        if self._layout.is_group_in_doubt(machine) or machine.name in self._case.doubtful:
            return False
        peers = self._layout.peers(machine)
        return not any(p.name in astray or self._layout.phase.get(p.name, phase) == phase for p in peers)


def _overlap(group: str, one: Window, other: Window) -> Finding:
    text = (
        f"{one.machine} and {other.machine} of redundancy group {group} have windows at the same time: "
        f"{span(one.opens_at, one.closes_at)} and {span(other.opens_at, other.closes_at)}."
    )
    return Finding(FindingCode.REDUNDANCY, other.machine, text)
