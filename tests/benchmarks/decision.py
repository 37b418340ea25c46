"""What a pattern leaves to decide about a fleet, and what a week is worth, as docs/planning.md has it.

Shares no code with the planner, so that a mistake of its rules cannot hide in the judgement of its plans.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from mweek_contracts.pattern import BASIS_POINTS, Pattern, Selector, basis_points
from mweek_contracts.pattern import Entry as PatternEntry

Row = Mapping[str, str]
"""A machine as a fleet file has it: text, absent values empty or missing; all are in service."""
Owner = str
"""A customer; the empty name is the operator, whose own machines count as one customer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a phase: its phase, whom it is about, how many it takes (None: unbounded).

    `by_share` entries owe each customer its share; a sample owes variety first.
    """

    phase: int
    population: Sequence[str]
    target: int | None
    by_share: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A machine with the entries that may take it, by number."""

    name: str
    owner: Owner
    group: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The entries of a week, and the machines of the location with the entries that may take each."""

    phases: Sequence[str]
    entries: Sequence[Entry]
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Worth:
    """How good a week is.

    `conflicts` are machines in a phase with a peer, beyond the first of each group and phase. `missed` are machines too
    many or too few in bounded entries, `off` the (customer, entry) whose number is neither floor nor ceiling of its
    share, `deviation` the sum of the distances from the exact shares.
    """

    conflicts: int
    missed: int
    off: int
    deviation: Fraction


def decision(pattern: Pattern, rows: Sequence[Row]) -> Decision:
    """Return what is left to decide: whoever an unbounded entry takes is out of reach for the entries after it."""
    tested = {row["customer"] for row in rows if row["environment"] == "test" and row["customer"]}
    lines = [(phase, entry) for phase, step in enumerate(pattern.phases) for entry in step.takes]
    members = [[row for row in rows if _selects(entry.select, row, tested)] for _, entry in lines]
    entries = [
        Entry(phase, [row["name"] for row in population], target, by_share=entry.sample is None)
        for (phase, entry), population, target in zip(lines, members, _targets(lines, members), strict=True)
    ]
    selecting: defaultdict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for name in entry.population:
            if entry.target != 0:
                selecting[name].append(number)
    choices = [
        Choice(row["name"], row["customer"], row["redundancy_group"], _within_reach(selecting[row["name"]], entries))
        for row in rows
    ]
    return Decision([phase.name for phase in pattern.phases], entries, choices)


def worth(made: Decision, phase_of: Mapping[str, str]) -> Worth:
    """Return what a week is worth that puts these machines into these phases."""
    owner_of = {choice.name: choice.owner for choice in made.choices}
    missed, off, deviation = 0, 0, Fraction(0)
    for entry in made.entries:
        if entry.target is None:
            continue
        taken = _taken(made, entry, phase_of)
        missed += abs(len(taken) - entry.target)
        if entry.by_share:
            numbers = Counter(owner_of[name] for name in taken)
            for owner, share in shares(entry, owner_of).items():
                off += not floor(share) <= numbers[owner] <= ceil(share)
                deviation += abs(numbers[owner] - share)
    return Worth(conflicts(made.choices, phase_of), missed, off, deviation)


def conflicts(choices: Iterable[Choice], phase_of: Mapping[str, str]) -> int:
    """Return how many machines share a phase with a peer, beyond the first of each group and phase."""
    together = Counter((choice.group, phase_of[choice.name]) for choice in choices if choice.group)
    return sum(count - 1 for count in together.values())


def shares(entry: Entry, owner_of: Mapping[str, Owner]) -> dict[Owner, Fraction]:
    """Return the exact share of each customer in a bounded entry."""
    weights = Counter(owner_of[name] for name in entry.population)
    target = entry.target or 0
    return {owner: Fraction(target * weight, len(entry.population)) for owner, weight in weights.items()}


def _taken(made: Decision, entry: Entry, phase_of: Mapping[str, str]) -> list[str]:
    """Return whom an entry has taken; exact as long as no machine is in two entries of one phase."""
    return [name for name in entry.population if phase_of[name] == made.phases[entry.phase]]


def _within_reach(numbers: Sequence[int], entries: Sequence[Entry]) -> tuple[int, ...]:
    unbounded = [number for number in numbers if entries[number].target is None]
    return tuple(number for number in numbers if not unbounded or number <= unbounded[0])


def _targets(lines: Sequence[tuple[int, PatternEntry]], members: Sequence[Sequence[Row]]) -> Iterable[int | None]:
    shared: Counter[str] = Counter()
    for (_, entry), population in zip(lines, members, strict=True):
        size = len(population)
        if entry.count is not None:
            yield min(entry.count, size)
        elif entry.share is not None:
            key = entry.select.model_dump_json()
            before = -(-size * shared[key] // BASIS_POINTS)
            shared[key] += basis_points(entry.share)
            yield -(-size * shared[key] // BASIS_POINTS) - before
        elif entry.at_most is not None:
            yield size * basis_points(entry.at_most) // BASIS_POINTS
        elif entry.sample is not None:
            yield -(-size * basis_points(entry.sample) // BASIS_POINTS)
        else:
            yield None


def _selects(select: Selector, row: Row, tested: set[str]) -> bool:
    asked = (("role", select.role), ("environment", select.environment), ("kind", select.kind))
    if select.customer or select.profile or select.labels:
        raise ValueError("selectors by customer, profile or label are not judged here")
    if any(values is not None and row[field] not in values for field, values in asked):
        return False
    return select.tested is None or (row["customer"] != "" and (row["customer"] in tested) is select.tested)
