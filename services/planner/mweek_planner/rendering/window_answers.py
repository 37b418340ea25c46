"""Answers to requests for windows, as programs and as people read them."""

from __future__ import annotations

import json
from datetime import datetime

from mweek_planner.domain.requests import Grant, Refusal
from mweek_planner.domain.requests.batch import Change, Optimised


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


def change_json(one: Change) -> str:
    """Return what answering together changes for a request as one line of JSON."""
    told = {
        "request_id": one.request_id,
        "machine": one.machine,
        "in_order": one.in_order and _instant(one.in_order),
        "together": one.together and _instant(one.together),
        "gain_minutes": one.gain_minutes,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def change_text(one: Change) -> str:
    """Return what answering together changes for a request as a line for people."""
    before, after = (f"{at:%Y-%m-%dT%H:%MZ}" if at else "refused" for at in (one.in_order, one.together))
    gain = one.gain_minutes
    waits = "" if gain is None else f", waits {abs(gain)} minutes {'less' if gain >= 0 else 'more'}"
    return f"{one.machine} {one.request_id}: {before} -> {after}{waits}\n"


def summary_text(found: Optimised, changes: int) -> str:
    """Return for people how much answering together brings."""
    before, after = found.in_order, found.together
    return (
        f"{changes:,} of {len(before.told):,} requests have another window than in the order of the file. In that "
        f"order they wait {before.waiting_minutes:,} minutes and {before.refused:,} are refused, together "
        f"{after.waiting_minutes:,} and {after.refused:,} ({found.rounds:,} rounds).\n"
    )


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
