"""Plans a week from a fleet file and a pattern, without a bus or a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from mweek_planner.domain.machine import Fleet
from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.offline.plain import plain_fleet, plain_pattern
from mweek_planner.offline.request import OfflineRequest, WrittenPattern

Form = Literal["text", "json", "csv"]


class OfflineAnswer(NamedTuple):
    """The outcome, and the pattern as it was written."""

    outcome: Planned | Refused
    pattern: Mapping[str, Any]

    def written(self, form: Form) -> Iterator[str]:
        """Yield the outcome as it is printed: `json` and `csv` for programs, `text` for people.

        A refusal has no table: as `csv` it is a sentence too.
        """
        if isinstance(self.outcome, Planned):
            return _plan(self.outcome, form, self.pattern)
        return _refusal(self.outcome, form)


def plan_offline(request: OfflineRequest) -> OfflineAnswer:
    """Return the plan of a week that has none yet, or why there is none.

    Raises:
        UnusableFileError: a file cannot be used; it has everything that is wrong with the file.
    """
    written = plain_pattern(request.pattern) or _pattern(request)
    asked = PlanningInput(
        location=request.location,
        week=request.week,
        now=request.now,
        fleet=plain_fleet(request) or _fleet(request),
        pattern=written.pattern,
        history=_history(request),
        overrides=request.overrides,
    )
    return OfflineAnswer(plan(asked), written.document)


def _pattern(request: OfflineRequest) -> WrittenPattern:
    from mweek_planner.offline.documents import documented_pattern

    return documented_pattern(request)


def _fleet(request: OfflineRequest) -> Fleet:
    from mweek_planner.offline.documents import documented_fleet

    return documented_fleet(request)


def _history(request: OfflineRequest) -> Mapping[str, int]:
    if request.history is None:
        return {}
    from mweek_planner.offline.documents import documented_history

    return documented_history(request)


def _plan(planned: Planned, form: Form, pattern: Mapping[str, Any]) -> Iterator[str]:
    if form == "csv":
        from mweek_planner.rendering.plan_csv import plan_csv

        yield from plan_csv(planned.plan)
    elif form == "json":
        from mweek_planner.rendering.plan_json import plan_json

        yield from plan_json(planned, pattern_document=pattern)
    else:
        from mweek_planner.rendering.plan_text import plan_text

        yield plan_text(planned)


def _refusal(refused: Refused, form: Form) -> Iterator[str]:
    if form == "json":
        from mweek_planner.rendering.plan_json import refusal_json

        yield refusal_json(refused)
    else:
        from mweek_planner.rendering.plan_text import refusal_text

        yield refusal_text(refused)
