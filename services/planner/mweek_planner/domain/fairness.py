"""In which order machines go when nothing else decides: nobody is always the victim, and anyone can reproduce it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def went_early(plan: Plan) -> frozenset[str]:
    """Return the machines that went early in a week: in the first half of its phases, rounded down.

    The half is a judgement: in the default pattern it is Monday and Tuesday, when what goes wrong goes wrong for few.
    """
    early = {phase.name for phase in plan.phases[: len(plan.phases) // 2]}
    return frozenset(assignment.machine for assignment in plan.assignments if assignment.phase in early)
