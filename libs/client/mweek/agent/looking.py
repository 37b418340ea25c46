"""What a look around changes: windows that have moved or are gone, reasons that are new or are no more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from mweek_contracts.replies import Grant, OwnWindow
from mweek_contracts.request_codes import ActivityKind
from mweek_contracts.requests import MOST_ACTIVITIES, RequestWindowV1
from mweek_contracts.rules import LONGEST_DOWNTIME_MINUTES

from mweek.agent.farewell import farewell, sayable
from mweek.agent.habits import OWN, Habits
from mweek.agent.state import Seen, Stage, State, Stay, Wish
from mweek.agent.tasks import Task

NO_RECORD = "the agent found itself in this window and has no record of what it did there"


def looked(state: State, seen: Seen, now: datetime, habits: Habits) -> State:
    """Return the state after a look, outside of a window: each reason has a wish, and each wish has a reason.

    A wish whose window is gone (missed, withdrawn) or can no longer be begun becomes a new one: the old request would
    be answered for ever with the window that is gone.
    """
    kept = [_as_seen(wish, seen, now, habits) for wish in state.wishes if _is_kept(wish, seen)]
    new = _new_tasks(kept, seen)
    if new:
        kept.append(_wish(new, state.rests, now, habits))
    listed = seen.windows
    return state.model_copy(
        update={
            "wishes": tuple(kept),
            "stay": _forgotten(state, kept, seen, now, habits),
            "denied": {name: denied for name, denied in state.denied.items() if name in listed},
            "rests": {key: until for key, until in state.rests.items() if until > now},
        }
    )


def renewed_wish(wish: Wish, habits: Habits, *, not_before: datetime | None = None) -> Wish:
    """Return the same wish with a request of its own, asked when its pause is over."""
    again = wish.request.model_copy(update={"request_id": habits.new_request_id(), "not_before": not_before})
    return wish.model_copy(update={"request": again, "asked": False, "grant": None})


def _is_kept(wish: Wish, seen: Seen) -> bool:
    """Tell whether a wish is still one, or must still be withdrawn; what was asked and not answered may be granted."""
    found = {task.key for task in seen.found}
    return wish.grant is not None or wish.asked or any(task.key in found for task in wish.tasks)


def _as_seen(wish: Wish, seen: Seen, now: datetime, habits: Habits) -> Wish:
    """Return the wish with its window as it is now, whichever has it."""
    if wish.grant is None:
        return wish
    name = wish.request.request_id
    holders = [one for one in seen.windows.values() if name in one.requests or one.window_id == wish.grant.window_id]
    window = next(iter(sorted(holders, key=lambda one: (name not in one.requests, one.not_before))), None)
    if window is None or (window.not_after < now and window.lease is None):
        return renewed_wish(wish, habits)
    return wish.model_copy(update={"grant": _without_lease(window)})


def _new_tasks(kept: Iterable[Wish], seen: Seen) -> tuple[Task, ...]:
    wished = {task.key for wish in kept for task in wish.tasks}
    return tuple(task for task in seen.found if task.key not in wished)[:MOST_ACTIVITIES]


def _wish(tasks: tuple[Task, ...], rests: Mapping[str, datetime], now: datetime, habits: Habits) -> Wish:
    rested = max((rests[task.key] for task in tasks if task.key in rests), default=now)
    minutes = sum(task.activity.estimated_minutes for task in tasks)
    request = RequestWindowV1(
        request_id=habits.new_request_id(),
        location=habits.location,
        machine=habits.machine,
        reason=sayable(_reason(tasks)),
        activities=tuple(task.activity for task in tasks),
        estimated_minutes=min(max(1, minutes), LONGEST_DOWNTIME_MINUTES),
        not_before=rested if rested > now else None,
    )
    return Wish(request=request, tasks=tasks)


def _reason(tasks: tuple[Task, ...]) -> str:
    names = ", ".join(task.activity.name for task in tasks)
    reboots = any(task.activity.kind is ActivityKind.REBOOT for task in tasks)
    return f"{names} (with a reboot)" if reboots else names


def _forgotten(state: State, wishes: Iterable[Wish], seen: Seen, now: datetime, habits: Habits) -> Stay | None:
    """Return the stay in a window that the machine is in and knows nothing of, because its disk was lost: it leaves.

    Not what somebody else has requested, and is using.
    """
    if state.stay is not None:
        return state.stay
    wished = {wish.grant.window_id for wish in wishes if wish.grant is not None}
    for window in seen.windows.values():
        own = any(name.startswith(OWN) for name in window.requests)
        if window.lease is None or not (own or window.week is not None or window.window_id in wished):
            continue
        stay = Stay(
            stage=Stage.LEAVING,
            window=_without_lease(window),
            enter_id=habits.new_id(),
            lease=window.lease,
            trouble=NO_RECORD,
        )
        return stay.model_copy(update={"leaving": farewell(stay, now, habits)})
    return None


def _without_lease(window: OwnWindow) -> Grant:
    return Grant.model_validate(window.model_dump(exclude={"lease"}))
