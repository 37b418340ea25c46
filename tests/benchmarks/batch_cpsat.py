"""Places a batch of windows with OR-tools' CP-SAT, in a process of its own: `… < question > answer`.

Each downtime is an optional interval whose start has the steps as its domain that its customer accepts; what may be
open at once is a cumulative constraint for the location and for each customer, what never may overlap a disjunctive
one for each machine and redundancy group. The least waiting and refusing together, as the planner counts it.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import defaultdict
from typing import Any

from ortools.sat.python import cp_model

FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)
Expression = Any
"""An interval or a variable of CP-SAT."""


def solve(question: dict[str, Any]) -> dict[str, Any]:
    """Return status, value (absent where nothing was found) and proven bound, in steps of waiting; and the starts."""
    model = cp_model.CpModel()
    shared: defaultdict[str, list[Expression]] = defaultdict(list)
    starts, refused, terms = [], [], []
    for one in question["downtimes"]:
        start = model.new_int_var_from_domain(cp_model.Domain.from_flat_intervals(one["starts"]), "")
        is_refused = model.new_bool_var("")
        interval = model.new_optional_fixed_size_interval_var(start, one["steps"], ~is_refused, "")
        for place in one["places"]:
            shared[place].append(interval)
        waiting = model.new_int_var(0, one["refusal"], "")
        model.add(waiting >= one["requests"] * start - one["earliest"]).only_enforce_if(~is_refused)
        terms += [waiting, one["refusal"] * is_refused]
        starts.append(start)
        refused.append(is_refused)
        if question["hint"]:
            model.add_hint(is_refused, one["planned"] is None)
            if one["planned"] is not None:
                model.add_hint(start, one["planned"])
    for first, steps, places in question["unmoved"]:
        for place in places:
            shared[place].append(model.new_fixed_size_interval_var(first, steps, ""))
    for place, intervals in shared.items():
        _limit(model, intervals, question["limits"][place])
    model.minimize(sum(terms))
    return _solved(model, question, starts, refused)


def _limit(model: cp_model.CpModel, intervals: list[Expression], limit: int) -> None:
    if limit == 1:
        model.add_no_overlap(intervals)
    elif len(intervals) > limit:
        model.add_cumulative(intervals, [1] * len(intervals), limit)


def _solved(
    model: cp_model.CpModel, question: dict[str, Any], starts: list[Expression], refused: list[Expression]
) -> dict[str, Any]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = question["workers"]
    threading.Thread(target=_stop_after, args=(solver, question["cpu_seconds"]), daemon=True).start()
    status = solver.solve(model)
    answer: dict[str, Any] = {"status": solver.status_name(status), "bound": solver.best_objective_bound}
    if status not in FOUND:
        return answer
    placed = [None if solver.value(no) else solver.value(start) for start, no in zip(starts, refused, strict=True)]
    return answer | {"value": solver.objective_value, "starts": placed}


def _stop_after(solver: cp_model.CpSolver, cpu_seconds: float) -> None:
    """Stop the search once the process has used so much; a limit in time would depend on who else is working."""
    while _cpu_seconds() < cpu_seconds:
        time.sleep(0.1)
    solver.stop_search()


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    found = solve(json.load(sys.stdin))
    json.dump(found | {"cpu_seconds": _cpu_seconds()}, sys.stdout)
