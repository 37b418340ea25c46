"""In which order machines go when nothing else decides: nobody is always the victim, and anyone can reproduce it."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from hashlib import sha256

from mweek_planner.domain.plan import Plan


def in_turn(names: Sequence[str], *, location: str, week: str, history: Mapping[str, int]) -> array[int]:
    """Return the rows of the machines sorted: early least often in past weeks first, then by sha256.

    The digest is that of `location/week/machine`. Python's own `hash` would not do: it is salted in each process.
    """
    prefix = f"{location}/{week}/"
    # Digests as hexadecimal text sort as their bytes do, and a list of texts is sorted faster than one of bytes.
    digests = [sha256((prefix + name).encode()).hexdigest() for name in names]
    turn = sorted(range(len(names)), key=digests.__getitem__)
    if history:
        turn.sort(key=[history.get(name, 0) for name in names].__getitem__)
    return array("I", turn)


def early_phases(phases: Sequence[str]) -> frozenset[str]:
    """Return which of a week's phases, given in order, are early: the first half, rounded down.

    The half is a judgement: in the default pattern it is Monday and Tuesday, when what goes wrong goes wrong for few.
    """
    return frozenset(phases[: len(phases) // 2])


def went_early(plan: Plan) -> frozenset[str]:
    """Return the machines that go early in a week."""
    early = early_phases([phase.name for phase in plan.phases])
    return frozenset(assignment.machine for assignment in plan.assignments if assignment.phase in early)
