"""Sets of phases as integers: bit 0 is the first phase of the week. Small, hashable, and counted in one step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PhaseSet = int


def phase_set(phases: Iterable[int]) -> PhaseSet:
    """Return the set of these phases."""
    result = 0
    for phase in phases:
        result |= 1 << phase
    return result


def has(phases: PhaseSet, phase: int) -> bool:
    """Return whether a phase is in the set."""
    return bool(phases >> phase & 1)


def after(phases: PhaseSet, phase: int) -> PhaseSet:
    """Return those that come later than a phase."""
    return phases >> (phase + 1) << (phase + 1)


def each(phases: PhaseSet) -> Iterator[int]:
    """Yield the phases of the set, in order."""
    while phases:
        lowest = phases & -phases
        yield lowest.bit_length() - 1
        phases ^= lowest
