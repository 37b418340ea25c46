"""Spreading a redundancy group over the week: who must go now, and who may wait for a later phase."""

from __future__ import annotations

from collections.abc import Mapping

from mweek_planner.domain.phase_set import PhaseSet, each, has


def pressed(options: Mapping[int, PhaseSet], phase: int) -> frozenset[int]:
    """Return the machines of a group of which one must be taken in this phase, or later ones will have to share.

    Members whose options lie in a set of phases with no more phases than there are such members need every phase of
    that set; the smallest such set that has this phase decides.

    Args:
        options: for each member without a window, the phases from this one on that can take it and in which no peer
            has a window.
        phase: the phase that is being filled.
    """
    whole = 0
    for own in options.values():
        whole |= own
    for phases in sorted({*options.values(), whole}, key=lambda phases: (phases.bit_count(), phases)):
        inside = [member for member, own in options.items() if own & ~phases == 0]
        if has(phases, phase) and len(inside) >= phases.bit_count():
            return frozenset(member for member in inside if has(options[member], phase))
    return frozenset()


def those_who_wait(later: Mapping[int, PhaseSet], *, already: Mapping[int, PhaseSet], at_most: int) -> frozenset[int]:
    """Return the machines of a group that wait for later phases: as many as can have one each, at most so many.

    Among equals the one whose turn is last waits.

    Args:
        later: for each machine the later phases that would take it and in which no peer has a window.
        already: the same for peers that wait already, and of which each will need one of them.
    """
    phases = {**later, **already}
    holders: dict[int, int] = {}

    def find_phase(machine: int, asked: set[int]) -> bool:
        for phase in each(phases[machine]):
            if phase not in asked:
                asked.add(phase)
                if phase not in holders or find_phase(holders[phase], asked):
                    holders[phase] = machine
                    return True
        return False

    waiting: set[int] = set()
    for machine in already:
        find_phase(machine, set())
    for machine in sorted(later, reverse=True):
        if len(waiting) < at_most and find_phase(machine, set()):
            waiting.add(machine)
    return frozenset(waiting)
