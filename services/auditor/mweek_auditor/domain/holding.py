"""What the redundancy rule holds back from a phase that would take it all (docs/planning.md, Placing 4)."""

from __future__ import annotations

from datetime import timedelta

from mweek_auditor.domain.census import Census
from mweek_auditor.domain.fleet import STEP_MINUTES, Machine
from mweek_auditor.domain.layout import Layout
from mweek_auditor.domain.welcome import Welcome


class Holding:
    """Answers for one plan whether the peers of a machine explain that it is not in a phase."""

    def __init__(self, census: Census, layout: Layout, welcome: Welcome) -> None:
        """Take what is known of the fleet and of the plan."""
        self._census = census
        self._layout = layout
        self._welcome = welcome
        self._answers: dict[tuple[str, int], bool] = {}

    def explains(self, machine: Machine, phase: int) -> bool:
        """Return whether redundancy explains that the machine is later than an unbounded entry that takes it.

        The entry keeps one member for each later phase that takes them, and leaves to those phases whom its own is too
        short for; at least one stays. In a revision, where peers have kept their windows, what was free then cannot be
        told: explained.
        """
        group = machine.redundancy_group
        if group is None:
            return False
        if self._layout.is_group_in_doubt(machine) or group in self._layout.kept_groups:
            return True
        if self.is_crowded_out(machine, phase):
            return True
        key = (group, phase)
        if key not in self._answers:
            self._answers[key] = self._may_hold_back((machine, *self._layout.peers(machine)), phase)
        return self._answers[key]

    def is_sent_on(self, machine: Machine, phase: int) -> bool:
        """Return whether the machine is out of reach of the bounded entries of a phase.

        Whom an earlier phase was too short for is left to unbounded entries and to the declared remainder.
        """
        return machine.redundancy_group is not None and any(
            self.is_crowded_out(machine, earlier) for earlier in range(phase)
        )

    def is_crowded_out(self, machine: Machine, phase: int) -> bool:
        """Return whether an entry of the phase takes the machine, and its peers there leave it no long enough slot."""
        takes = self._census.selecting(machine) & self._census.in_phase[phase]
        if not takes or self._welcome.turned_away(machine) >> phase & 1:
            return False
        here = [peer for peer in self._layout.peers(machine) if self._layout.phase.get(peer.name) == phase]
        if any(peer.name in self._layout.kept for peer in here):
            return True  # those who join share what kept windows leave free
        return bool(here) and self.is_cut_too_short((machine, *here), phase, len(here) + 1)

    def later_phases(self, members: tuple[Machine, ...], phase: int, *, of_all: bool) -> int:
        """Return how many phases after this one have an unbounded entry that takes any (or all) of the members."""
        later = [self._census.unbounded_phases(self._census.selecting(member)) for member in members]
        if of_all:
            later = [phases & ~self._welcome.turned_away(member) for phases, member in zip(later, members, strict=True)]
        found = later[0]
        for phases in later[1:]:
            found = found & phases if of_all else found | phases
        return (found >> (phase + 1)).bit_count()

    def is_cut_too_short(self, members: tuple[Machine, ...], phase: int, parts: int) -> bool:
        """Return whether the phase in so many equal parts is too short for one of the members."""
        opens_at = self._census.pattern.phases[phase].opens_at
        length = self._census.pattern.phases[phase].closes_at - opens_at
        steps = length // parts // timedelta(minutes=STEP_MINUTES)
        return steps * STEP_MINUTES < max(member.need_minutes for member in members)

    def _may_hold_back(self, members: tuple[Machine, ...], phase: int) -> bool:
        places = [self._layout.phase.get(member.name) for member in members]
        if phase not in places:
            return False
        held = sum(
            self._is_takeable(member, phase) and not self.is_crowded_out(member, phase)
            for member, place in zip(members, places, strict=True)
            if place is None or place > phase
        )
        return held <= self.later_phases(members, phase, of_all=False)

    def _is_takeable(self, member: Machine, phase: int) -> bool:
        here = self._census.unbounded_phases(self._census.selecting(member)) & ~self._welcome.turned_away(member)
        return bool(here >> phase & 1)
