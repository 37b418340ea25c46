"""What the machine says when it leaves a window: the result, the true downtime, and what is worth knowing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from mweek_contracts.request_codes import LeaveResult
from mweek_contracts.requests import LeaveWindowV1
from mweek_contracts.rules import LONGEST_DOWNTIME_MINUTES, LONGEST_TEXT

from mweek.agent.habits import Habits
from mweek.agent.state import Stay
from mweek.agent.tasks import Progress

_MINUTE = timedelta(minutes=1)


def farewell(
    stay: Stay, now: datetime, habits: Habits, *, postponements: int = 0, facts: Mapping[str, str] | None = None
) -> LeaveWindowV1:
    """Return the request to leave.

    Args:
        postponements: windows in a row before this one that were left without anything done.
        facts: about the machine as it is now.
    """
    assert stay.lease is not None
    result, text = _result(stay, postponements, habits.most_postponements)
    own = {
        name: _named(stay, progress) for name, progress in (("done", Progress.DONE), ("postponed", Progress.POSTPONED))
    }
    return LeaveWindowV1(
        request_id=f"leave-{stay.enter_id}",
        location=habits.location,
        machine=habits.machine,
        window_id=stay.window.window_id,
        lease_id=stay.lease.lease_id,
        result=result,
        downtime_minutes=_downtime(stay, now),
        text=sayable(text) if text else None,
        facts={name: sayable(value) for name, value in {**(facts or {}), **own}.items() if value},
    )


def sayable(text: str) -> str:
    """Return a text as the bus allows one: a line without control characters, of 500 characters at most."""
    plain = "".join(one if one.isprintable() else " " for one in text).replace("=?", "= ?").strip()
    return (plain if len(plain) <= LONGEST_TEXT else plain[: LONGEST_TEXT - 1] + "…") or "?"


def did_nothing(stay: Stay) -> bool:
    """Tell whether there was something to do and nothing of it was done, for no fault of the machine."""
    progress = {run.progress for run in stay.runs}
    return stay.trouble is None and bool(progress) and Progress.DONE not in progress


def _result(stay: Stay, postponements: int, most: int) -> tuple[LeaveResult, str | None]:
    if stay.trouble is not None:
        return LeaveResult.FAILED, stay.trouble
    if not did_nothing(stay):
        return (LeaveResult.DONE if stay.runs else LeaveResult.NOT_NEEDED), stay.postponed
    why = f"postponed: {stay.postponed or 'now is no good time'}"
    if postponements >= most:
        return LeaveResult.FAILED, f"{why}; so it was {postponements} times before"
    return LeaveResult.NOT_NEEDED, why


def _named(stay: Stay, progress: Progress) -> str:
    return _listed(run.task.activity.name for run in stay.runs if run.progress is progress)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _downtime(stay: Stay, now: datetime) -> int:
    if stay.down_since is None:
        return 0
    return max(0, min(-((stay.down_since - now) // _MINUTE), LONGEST_DOWNTIME_MINUTES))
