"""What a question for a plan comes to: a plan with its report, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_contracts.reasons import RefusalCode

from mweek_planner.domain.plan import Plan
from mweek_planner.domain.report import Report


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and what there is to say about it."""

    plan: Plan
    report: Report


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was planned: why, in one sentence, and the remedy where there is one.

    `earliest_week` is the first week that would be early enough; `machines` are those that the sentence is about.
    """

    code: RefusalCode
    text: str
    earliest_week: str | None = None
    machines: tuple[str, ...] = ()
