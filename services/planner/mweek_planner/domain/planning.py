"""Planning a week: one pure function from everything it may know to a plan, or to a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mweek_planner.domain.machine import Fleet
from mweek_planner.domain.pattern import Pattern
from mweek_planner.domain.plan import NO_OVERRIDES, Overrides, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningInput:
    """All that planning may know.

    `week` is an ISO week such as `2026-W49`. `parent` is the current revision of the week, cancelled or not; None
    where there is none. `history` says how often a machine was early in past weeks (absent: never).
    """

    location: str
    week: str
    now: datetime
    fleet: Fleet
    pattern: Pattern
    parent: Plan | None = None
    history: Mapping[str, int] = field(default_factory=dict)
    overrides: Overrides = NO_OVERRIDES
