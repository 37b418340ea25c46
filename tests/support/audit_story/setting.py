"""Steps that set a story up: the fleet, the pattern, a good plan.

Good plans are written in the story or come from the planner's command, in a process of its own: nothing of the
planner is imported here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from mweek_auditor.domain.plan import PhaseSummary, Plan, Window
from mweek_auditor.translation.document import PlanDocument, plan_of
from mweek_auditor.translation.records import fleet_of
from mweek_contracts.documents import built_in_pattern, read_fleet, read_pattern

from tests.support.audit_story.stage import Stage, StageError, instant, part

REFERENCE_FLEET = Path(__file__).parents[3] / "deploy" / "reference" / "rzob.yaml"


def take_reference_fleet(stage: Stage) -> None:
    """Take the article's location."""
    _read(stage, REFERENCE_FLEET)


def take_fleet(stage: Stage, block: str) -> None:
    """Take the fleet file that the story writes."""
    file = stage.folder / "fleet.yaml"
    file.write_text(block, encoding="utf-8")
    _read(stage, file)


def take_pattern(stage: Stage, block: str) -> None:
    """Take the pattern file that the story writes."""
    file = stage.folder / "pattern.yaml"
    file.write_text(block, encoding="utf-8")
    read_pattern(file)
    stage.pattern_source = str(file)


def name_pattern(stage: Stage, name: str) -> None:
    """Take a built-in pattern."""
    if built_in_pattern(name) is None:
        raise StageError(f"no pattern {name} is built in")
    stage.pattern_source = name


def name_week(stage: Stage, week: str) -> None:
    """Plan this week."""
    stage.week = week


def ask_planner(stage: Stage, at: str) -> None:
    """Take the planner's plan, made at this time."""
    if stage.fleet_file is None:
        raise StageError("there is no fleet yet to plan for")
    instant(at)
    options = {
        "fleet": str(stage.fleet_file),
        "location": stage.location,
        "week": stage.week,
        "pattern": stage.pattern_source,
        "now": at,
    }
    document = _planned(tuple(options.items()))
    _begin(stage, plan_of(PlanDocument.model_validate_json(document)))
    stage.outside_acceptable = json.loads(document)["outside_acceptable"]


def take_plan(stage: Stage, at: str, block: str) -> None:
    """Take the plan that the story writes: in each line a machine, its phase and, for a slot, its times."""
    plan = Plan(
        location=stage.location,
        week=stage.week,
        phases=tuple(PhaseSummary(p.name, p.opens_at, p.closes_at) for p in stage.pattern.phases),
        windows=tuple(_window(stage, line) for line in block.splitlines() if line.strip()),
        planned_at=instant(at),
        compromises=(),
    )
    _begin(stage, plan)


def restore(stage: Stage) -> None:
    """Forget what was done to the plan and to the records since the plan was made."""
    if stage.good is None:
        raise StageError("there is no plan yet to go back to")
    stage.fleet = stage.planned_from
    stage.made = stage.good
    stage.parent = stage.now = stage.cancelled = None
    stage.notices = []


def _begin(stage: Stage, plan: Plan) -> None:
    stage.made = stage.good = plan
    stage.planned_from = stage.fleet


def _read(stage: Stage, file: Path) -> None:
    document = read_fleet(file)
    stage.fleet_file, stage.location = file, document.location
    stage.fleet = stage.planned_from = fleet_of(document.machines, document.customers)


def _window(stage: Stage, line: str) -> Window:
    match line.split():
        case [machine, phase]:
            return stage.whole(machine, phase)
        case [machine, phase, opens, "to", closes]:
            return part(stage.whole(machine, phase), opens, closes)
        case _:
            raise StageError(f"{line.strip()!r} is no window such as `web01 evening` or `web01 evening 17:00 to 19:30`")


@cache
def _planned(options: tuple[tuple[str, str], ...]) -> str:
    """Return what `mweek-planner plan --json` prints. A location's good week is needed by several stories."""
    words = [word for name, value in options for word in (f"--{name}", value)]
    command = [sys.executable, "-m", "mweek_planner", "plan", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise StageError(f"the planner has no plan: {done.stdout}{done.stderr}")
    return done.stdout
