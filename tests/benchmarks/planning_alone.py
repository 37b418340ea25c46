"""Plans one fleet and prints what reading, `plan()` and writing take, for tests/benchmarks/planning.py.

    python -m tests.benchmarks.planning_alone FLEET OUT

In a process of its own, since the largest resident set is a figure of a process.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from datetime import UTC, datetime

from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.offline.plain import plain_fleet, plain_pattern
from mweek_planner.offline.request import OfflineRequest
from mweek_planner.rendering.plan_csv import plan_csv

from tests.benchmarks.synthetic import LOCATION

WEEK = "2026-W49"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def main(fleet_file: str, out_file: str) -> None:
    """Measure one fleet; prints CPU seconds by step."""
    # As `mweek-planner plan` does.
    gc.disable()
    seconds = [time.process_time()]
    fleet = plain_fleet(OfflineRequest(fleet=fleet_file, location=LOCATION, week=WEEK, now=NOW))
    written = plain_pattern("one-few-many")
    assert fleet is not None
    assert written is not None
    seconds.append(time.process_time())
    planned = plan(PlanningInput(location=LOCATION, week=WEEK, now=NOW, fleet=fleet, pattern=written.pattern))
    assert isinstance(planned, Planned)
    seconds.append(time.process_time())
    with open(out_file, "w") as out:
        out.writelines(plan_csv(planned.plan))
    seconds.append(time.process_time())
    started, read, decided, done = seconds
    print(json.dumps({"read": read - started, "plan": decided - read, "write": done - decided}))


if __name__ == "__main__":
    main(*sys.argv[1:])
