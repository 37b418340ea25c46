"""Plans a week from a fleet file and a pattern, without a bus or a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mweek_contracts import pattern as wire_pattern
from mweek_contracts.documents import DocumentError, DocumentProblem, built_in_pattern, read_fleet, read_pattern

from mweek_planner.domain.machine import Fleet
from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.plan import NO_OVERRIDES, Overrides
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.offline.history import read_history
from mweek_planner.rendering import plan_json, plan_text, refusal_json, refusal_text
from mweek_planner.translation import customer_from, machine_from, pattern_from

DEFAULT_PATTERN = "one-few-many"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineRequest:
    """What to plan from which files. `pattern` is a file, or the name of a pattern that comes with the product."""

    fleet: Path
    location: str
    week: str
    now: datetime
    pattern: str = DEFAULT_PATTERN
    history: Path | None = None
    overrides: Overrides = NO_OVERRIDES


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """The outcome as it is printed: `json` for programs, `text` for people."""

    outcome: Planned | Refused
    json: str
    text: str


def plan_offline(request: OfflineRequest) -> OfflineAnswer:
    """Return the plan of a week that has none yet, or why there is none.

    Raises:
        DocumentError: a file cannot be used; it has everything that is wrong with the file.
    """
    document = _pattern(request.pattern)
    outcome = plan(
        PlanningInput(
            location=request.location,
            week=request.week,
            now=request.now,
            fleet=_fleet(request),
            pattern=pattern_from(document),
            history=_history(request),
            overrides=request.overrides,
        )
    )
    if isinstance(outcome, Refused):
        return OfflineAnswer(outcome, refusal_json(outcome), refusal_text(outcome))
    written = document.model_dump(mode="json", exclude_none=True)
    return OfflineAnswer(outcome, plan_json(outcome, pattern_document=written), plan_text(outcome))


def _pattern(name: str) -> wire_pattern.Pattern:
    """Return the pattern of a file; where there is no such file, the built-in one of that name."""
    if not Path(name).exists() and (pattern := built_in_pattern(name)) is not None:
        return pattern
    return read_pattern(name)


def _fleet(request: OfflineRequest) -> Fleet:
    document = read_fleet(request.fleet, location=request.location)
    if not document.machines:
        raise DocumentError([DocumentProblem(str(request.fleet), None, "machines", "there are none: nothing to plan")])
    return Fleet(tuple(map(machine_from, document.machines)), tuple(map(customer_from, document.customers)))


def _history(request: OfflineRequest) -> Mapping[str, int]:
    if request.history is None:
        return {}
    return read_history(request.history, location=request.location, before=request.week)
