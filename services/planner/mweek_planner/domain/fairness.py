"""In which order machines go when nothing else decides: nobody is always the victim, and anyone can reproduce it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from mweek_planner.domain.machine import Machine
from mweek_planner.domain.plan import Plan


def in_turn(
    machines: Iterable[Machine], *, location: str, week: str, history: Mapping[str, int]
) -> tuple[Machine, ...]:
    """Return the machines sorted: early least often in past weeks first, then by sha256 of `location/week/machine`.

    Python's own `hash` would not do: it is salted in each process.
    """
    prefix = f"{location}/{week}/"

    def turn(machine: Machine) -> tuple[int, bytes]:
        return history.get(machine.name, 0), sha256((prefix + machine.name).encode()).digest()

    return tuple(sorted(machines, key=turn))


def early_phases(phases: Sequence[str]) -> frozenset[str]:
    """Return which of a week's phases, given in order, are early: the first half, rounded down.

    The half is a judgement: in the default pattern it is Monday and Tuesday, when what goes wrong goes wrong for few.
    """
    return frozenset(phases[: len(phases) // 2])


def went_early(plan: Plan) -> frozenset[str]:
    """Return the machines that go early in a week."""
    early = early_phases([phase.name for phase in plan.phases])
    return frozenset(assignment.machine for assignment in plan.assignments if assignment.phase in early)
