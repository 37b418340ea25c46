"""Explanations of wishes for windows: domain to wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from mweek_contracts import explanation as wire
from mweek_contracts.events import RequestedWork
from mweek_contracts.replies import Refusal
from mweek_contracts.request_codes import ClosingRule
from mweek_contracts.requests import ExplainWindowV1

from mweek_planner.domain.requests import Case, Exclusion, Rule, looked_at, sentence_of
from mweek_planner.interfaces import MachineWindow
from mweek_planner.translation.window_requests import LONGEST_TEXT, grant_from, times_of

_NOT_REQUESTED: Final = "not requested"
"""The reason of what is only wished: nobody reads it."""


def wished_work_from(request: ExplainWindowV1, now: datetime) -> RequestedWork:
    """Return a wish as if it were requested."""
    assert request.estimated_minutes is not None, "a wish without an earlier request has an estimate"
    return RequestedWork(
        request_id=request.request_id,
        reason=_NOT_REQUESTED,
        estimated_minutes=request.estimated_minutes,
        not_before=request.not_before,
        deadline=request.deadline,
        urgent=request.urgent,
        requested_at=now,
    )


def explanation_from(
    case: Case, exclusions: Sequence[Exclusion], outcome: MachineWindow | Refusal, *, has: MachineWindow | None
) -> wire.Explanation:
    """Return what is seen of a case; of very many exclusions the earliest ones, and how far they go."""
    request, looked = case.request, looked_at(case)
    told = exclusions[: wire.MOST_EXCLUSIONS]
    is_cut = len(told) < len(exclusions)
    return wire.Explanation(
        wish=wire.WindowWish(
            estimated_minutes=request.estimated_minutes,
            not_before=request.not_before,
            deadline=request.deadline,
            urgent=request.urgent,
        ),
        length_minutes=case.policy.length(request.estimated_minutes) // timedelta(minutes=1),
        has=None if has is None else grant_from(has),
        would_get=None if isinstance(outcome, Refusal) else _possible(outcome),
        why_none=outcome if isinstance(outcome, Refusal) else None,
        looked_from=looked.opens_at,
        looked_until=looked.closes_at,
        rules=_rules(case, exclusions),
        exclusions=tuple(map(_exclusion, told)),
        exclusions_until=exclusions[len(told)].window.opens_at if is_cut else looked.closes_at,
    )


def _possible(window: MachineWindow) -> wire.PossibleWindow:
    *shared, _ = window.booking.requests  # the wish itself comes last
    is_new = not shared and window.week is None
    return wire.PossibleWindow(
        window_id=None if is_new else window.booking.window_id,
        week=window.week,
        requests=tuple(request.request_id for request in shared),
        **times_of(window),
    )


def _rules(case: Case, exclusions: Sequence[Exclusion]) -> tuple[wire.RuleAtWork, ...]:
    at_work = {exclusion.rule for exclusion in exclusions}
    return tuple(
        wire.RuleAtWork(rule=ClosingRule(rule.value), text=sentence_of(rule, case)[:LONGEST_TEXT])
        for rule in Rule
        if rule in at_work
    )


def _exclusion(exclusion: Exclusion) -> wire.Exclusion:
    window = exclusion.window
    return wire.Exclusion(rule=ClosingRule(exclusion.rule.value), starts_at=window.opens_at, ends_at=window.closes_at)
