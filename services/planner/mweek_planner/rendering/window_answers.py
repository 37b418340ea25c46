"""Answers to requests for windows, as programs and as people read them."""

from __future__ import annotations

import json
from datetime import datetime

from mweek_planner.domain.requests import Grant, Refusal


def answer_json(request_id: str | None, machine: str | None, outcome: Grant | Refusal) -> str:
    """Return an answer as one line of JSON."""
    named: dict[str, object] = {"request_id": request_id, "machine": machine, "granted": isinstance(outcome, Grant)}
    if isinstance(outcome, Grant):
        said: dict[str, object] = {
            "not_before": _instant(outcome.not_before),
            "not_after": _instant(outcome.not_after),
            "must_end_by": _instant(outcome.must_end_by),
        }
        if outcome.joins:
            said["joins"] = list(outcome.joins)
    else:
        alternative = outcome.alternative
        earliest = None if alternative is None else _instant(alternative.opens_at)
        said = {"code": outcome.code.value, "text": outcome.text, "earliest_alternative": earliest}
    return json.dumps(named | said, ensure_ascii=False) + "\n"


def answer_text(request_id: str | None, machine: str | None, outcome: Grant | Refusal) -> str:
    """Return an answer as a line for people."""
    who = f"{machine or '(no machine)'} {request_id or '(no id)'}"
    if isinstance(outcome, Refusal):
        return f"{who}: refused ({outcome.code.value}): {outcome.text}\n"
    joins = f", together with {', '.join(outcome.joins)}" if outcome.joins else ""
    return f"{who}: {outcome.booking.window}, start by {outcome.not_after:%H:%MZ}{joins}\n"


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
