"""Solves a week with OR-tools' CP-SAT, in a process of its own: `python -m tests.benchmarks.cpsat < question > answer`.

First as few conflicts as can be, then the least of what is asked besides. Three formulations of the same week: a
variable for each machine and entry with one weighted objective, as one writes it first; the same in two steps, with a
cut that makes the relaxation tight; and so with a variable for each kind of redundancy group and way to spread it.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from math import ceil, floor, lcm
from typing import Any

from ortools.sat.python import cp_model

Expression = Any
"""A linear expression of CP-SAT, which has no one type for it."""


class Week:
    """A question, read: `entries` have phase, target (None: unbounded), by_share and weights (machines by owner)."""

    def __init__(self, question: dict[str, Any]) -> None:
        """Gather the members of each redundancy group as (owner, entries); a machine without peers is alone in one."""
        self.entries: list[dict[str, Any]] = question["entries"]
        members: defaultdict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
        for number, (owner, group, entries) in enumerate(question["machines"]):
            members[group or f"#{number}"].append((owner, tuple(entries)))
        self.groups = [tuple(sorted(group)) for group in members.values()]

    def is_bounded(self, entry: int) -> bool:
        """Return whether an entry has a target."""
        return self.entries[entry]["target"] is not None

    def shares(self) -> list[tuple[int, str, Fraction, int]]:
        """Return (entry, owner, exact share, machines) of all who share a bounded entry with others."""
        return [
            (number, owner, Fraction(entry["target"] * weight, sum(entry["weights"].values())), weight)
            for number, entry in enumerate(self.entries)
            if entry["target"] and entry["by_share"] and len(entry["weights"]) > 1
            for owner, weight in entry["weights"].items()
        ]


class Model:
    """A model under construction: `numbers` are what an entry takes of an owner, `conflicts` those of all groups."""

    def __init__(self, week: Week) -> None:
        """Begin without variables."""
        self.week = week
        self.sat = cp_model.CpModel()
        self.numbers: defaultdict[tuple[int, str], list[Expression]] = defaultdict(list)
        self.conflicts: list[Expression] = []

    def number(self, entry: int, owner: str) -> Expression:
        """Return how many machines of an owner an entry takes."""
        return sum(self.numbers[entry, owner])

    def meet_targets(self) -> None:
        """Let each bounded entry take exactly its target."""
        for number, entry in enumerate(self.week.entries):
            if entry["target"]:
                self.sat.add(sum(self.number(number, owner) for owner in entry["weights"]) == entry["target"])


def by_machine(week: Week) -> Model:
    """A truth value for each machine and entry that may take it."""
    model = Model(week)
    for group in week.groups:
        by_phase: defaultdict[int, list[tuple[int, Expression]]] = defaultdict(list)
        for owner, entries in group:
            taken = [model.sat.new_bool_var("") for _ in entries]
            model.sat.add_exactly_one(taken)
            for entry, variable in zip(entries, taken, strict=True):
                model.numbers[entry, owner].append(variable)
                by_phase[week.entries[entry]["phase"]].append((entry, variable))
        for taken_here in by_phase.values() if len(group) > 1 else ():
            _share_a_phase(model, taken_here, len(group))
    return model


def _share_a_phase(model: Model, taken: Sequence[tuple[int, Expression]], size: int) -> None:
    bounded = [variable for entry, variable in taken if model.week.is_bounded(entry)]
    model.sat.add_at_most_one(bounded)
    if len(bounded) < len(taken):
        excess = model.sat.new_int_var(0, size - 1, "")
        model.sat.add(excess >= sum(variable for _, variable in taken) - 1)
        model.conflicts.append(excess)


def by_kind(week: Week) -> Model:
    """A number for each kind of redundancy group and way to spread it: groups that are alike need no names."""
    model = Model(week)
    for group, count in Counter(week.groups).items():
        uses = []
        for way in _ways(week, group):
            use = model.sat.new_int_var(0, count, "")
            uses.append(use)
            for (entry, owner), times in Counter(way).items():
                model.numbers[entry, owner].append(times * use)
            if excess := len(way) - len({week.entries[entry]["phase"] for entry, _ in way}):
                model.conflicts.append(excess * use)
        model.sat.add(sum(uses) == count)
    return model


def _ways(week: Week, group: Sequence[tuple[str, tuple[int, ...]]]) -> list[tuple[tuple[int, str], ...]]:
    """Return the ways to give each member an entry, without those that put two into bounded entries of one phase."""
    owners = [owner for owner, _ in group]
    ways = {tuple(sorted(zip(way, owners, strict=True))) for way in product(*(entries for _, entries in group))}
    return [way for way in sorted(ways) if not _is_bounded_twice(week, way)]


def _is_bounded_twice(week: Week, way: Sequence[tuple[int, str]]) -> bool:
    bounded = [week.entries[entry]["phase"] for entry, _ in way if week.is_bounded(entry)]
    return len(bounded) > len(set(bounded))


def deviation(model: Model, *, is_cut: bool) -> tuple[list[Expression], int]:
    """Return the distances of the owners' numbers from their shares, and by what they are multiplied to be integers."""
    shares = model.week.shares()
    scale = lcm(*(share.denominator for _, _, share, _ in shares))
    distances = []
    for entry, owner, share, most in shares:
        number = model.sat.new_int_var(0, most, "")
        model.sat.add(number == model.number(entry, owner))
        exact, low = int(share * scale), floor(share)
        part = exact - low * scale
        distance = model.sat.new_int_var(0, max(exact, most * scale - exact), "")
        model.sat.add(distance >= number * scale - exact)
        model.sat.add(distance >= exact - number * scale)
        if is_cut:
            # No number lies between floor and ceiling: the line over both is what makes the relaxation tight.
            model.sat.add(distance >= part + (number - low) * (scale - 2 * part))
        distances.append(distance)
    return distances, scale


def off(model: Model, *, is_cut: bool) -> tuple[list[Expression], int]:
    """Return for each owner and entry whether its number is neither the floor nor the ceiling of its share."""
    result = []
    for entry, owner, share, _ in model.week.shares():
        is_off = model.sat.new_bool_var("")
        number = model.number(entry, owner)
        model.sat.add(number >= floor(share)).only_enforce_if(~is_off)
        model.sat.add(number <= ceil(share)).only_enforce_if(~is_off)
        result.append(is_off)
    return result, 1


FORMULATIONS: dict[str, Callable[[Week], Model]] = {"plain": by_machine, "by-machine": by_machine, "by-kind": by_kind}
BESIDES: dict[str, Callable[..., tuple[list[Expression], int]]] = {"deviation": deviation, "off": off}
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def solve(question: dict[str, Any]) -> dict[str, Any]:
    """Return for both goals the status, the value found and the proven bound; a goal that was not reached is absent."""
    is_plain = question["formulation"] == "plain"
    model = FORMULATIONS[question["formulation"]](Week(question))
    model.meet_targets()
    besides, scale = BESIDES[question["besides"]](model, is_cut=not is_plain)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = question["workers"]
    threading.Thread(target=_stop_after, args=(solver, question["cpu_seconds"]), daemon=True).start()
    if is_plain:
        return _weighted(solver, model, besides, scale)
    answer = {"conflicts": _minimized(solver, model, model.conflicts, 1)}
    if "value" in answer["conflicts"]:
        model.sat.add(sum(model.conflicts) <= round(answer["conflicts"]["value"]))
        answer["besides"] = _minimized(solver, model, besides, scale)
    return answer


def _stop_after(solver: cp_model.CpSolver, cpu_seconds: float) -> None:
    """Stop every search once the process has used so much; a limit in time would depend on who else is working."""
    end = _cpu_seconds() + cpu_seconds
    while True:
        time.sleep(0.1)
        if _cpu_seconds() > end:
            solver.stop_search()


def _weighted(
    solver: cp_model.CpSolver, model: Model, besides: Sequence[Expression], scale: int
) -> dict[str, dict[str, Any]]:
    """Minimise both at once, a conflict being worth more than all of the rest together."""
    weight = scale * (2 * sum(entry["target"] or 0 for entry in model.week.entries) + 1)
    whole = _minimized(solver, model, [weight * sum(model.conflicts), *besides], 1)
    status, bound = whole["status"], round(whole["bound"])
    conflicts = {"status": status, "bound": bound // weight}
    rest = {"status": status, "bound": bound % weight / scale}
    if "value" not in whole:
        return {"conflicts": conflicts}
    count, distance = divmod(round(whole["value"]), weight)
    if count > conflicts["bound"]:
        rest["bound"] = 0  # the bound counts on fewer conflicts
    return {"conflicts": conflicts | {"value": count}, "besides": rest | {"value": distance / scale}}


def _minimized(solver: cp_model.CpSolver, model: Model, terms: Sequence[Expression], scale: int) -> dict[str, Any]:
    model.sat.minimize(sum(terms))
    status = solver.solve(model.sat)
    answer: dict[str, Any] = {"status": solver.status_name(status), "bound": solver.best_objective_bound / scale}
    return answer | ({"value": solver.objective_value / scale} if status in FOUND else {})


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    before = _cpu_seconds()
    found = solve(asked)
    json.dump(found | {"cpu_seconds": _cpu_seconds() - before}, sys.stdout)
