"""Decides what the agent does next, outside of a window: look, request, withdraw, enter, wait. Pure.

What is decided is written to disk before it is carried out. So a process that finds a state knows what may have begun,
and asks the same request again instead of a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mweek_contracts.replies import Grant
from mweek_contracts.requests import WithdrawWindowV1

from mweek.agent.habits import Habits
from mweek.agent.state import Seen, Stage, State, Stay, Wish
from mweek.agent.staying import next_in_window
from mweek.agent.steps import AskWindow, Look, Step, Wait, Withdraw
from mweek.agent.tasks import Task, TaskRun


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is decided, and in which run of the operating system."""

    now: datetime
    boot_id: str


def decide(state: State, seen: Seen | None, moment: Moment, habits: Habits) -> tuple[State, Step]:
    """Return what to do, and the state to write to disk before it is done.

    Args:
        seen: what a `Look` brought, for as long as nothing has happened since; None: nothing yet.
    """
    if state.stay is not None:
        stay, step = next_in_window(state.stay, moment.now, moment.boot_id, habits)
        return state.model_copy(update={"stay": stay}), step
    if seen is None:
        return state, Look()
    for wish in state.wishes:
        if not _due(wish, moment.now):
            continue
        if wish.grant is not None and not _needed(wish, seen):
            return state, _withdrawal(wish, wish.grant, habits)
        if wish.grant is None:
            asked = wish.model_copy(update={"asked": True, "refusal": None, "retry_at": None})
            return with_wish(state, wish, asked), AskWindow(asked.request)
    for window in sorted(windows_of(state, seen), key=lambda one: (one.not_before, one.window_id)):
        if _open(state, window, moment.now):
            return _beginning(state, window, seen, moment, habits)
    return state, _wait(state, seen, moment.now, habits)


def windows_of(state: State, seen: Seen) -> Iterator[Grant]:
    """Yield the windows that are the agent's: those that it wished for, and those of maintenance weeks.

    Any other window was requested by somebody else for the machine, who will use it or not.
    """
    wished = {wish.grant.window_id: wish.grant for wish in state.wishes if wish.grant is not None}
    for window in (*wished.values(), *seen.windows.values()):
        newest = seen.windows.get(window.window_id)
        if newest is not None and newest.revision >= window.revision and newest is not window:
            continue
        if window.week is not None or window.window_id in wished:
            yield window


def with_wish(state: State, old: Wish, new: Wish | None) -> State:
    """Return the state with a wish in the place of another, or without it."""
    changed = (new if one is old else one for one in state.wishes)
    return state.model_copy(update={"wishes": tuple(one for one in changed if one is not None)})


def _due(wish: Wish, now: datetime) -> bool:
    return wish.retry_at is None or wish.retry_at <= now


def _needed(wish: Wish, seen: Seen) -> bool:
    found = {task.key for task in seen.found}
    return any(task.key in found for task in wish.tasks)


def _withdrawal(wish: Wish, grant: Grant, habits: Habits) -> Withdraw:
    name = wish.request.request_id
    request = WithdrawWindowV1(
        request_id=f"withdraw-{name}",
        location=habits.location,
        machine=habits.machine,
        window_id=grant.window_id,
        withdrawn=(name,),
    )
    return Withdraw(name, request)


def _open(state: State, window: Grant, now: datetime) -> bool:
    denied = state.denied.get(window.window_id)
    if denied is not None and denied.revision >= window.revision and (denied.retry_at is None or denied.retry_at > now):
        return False
    return window.not_before <= now <= window.not_after


def _beginning(state: State, window: Grant, seen: Seen, moment: Moment, habits: Habits) -> tuple[State, Step]:
    """Return the state in which the machine asks to enter, with all that is to be done in the window."""
    times = Grant.model_validate(window.model_dump(exclude={"lease"}))
    runs = tuple(TaskRun(task=task) for task in _tasks_for(state, window, seen))
    stay = Stay(stage=Stage.ENTERING, window=times, enter_id=habits.new_id(), runs=runs)
    return decide(state.model_copy(update={"stay": stay}), None, moment, habits)


def _tasks_for(state: State, window: Grant, seen: Seen) -> Iterator[Task]:
    """Yield what the window was granted for and is still to be done; in a maintenance week, all that is to be done.

    Nothing else in a requested window: its customer was not told of it, of a reboot above all.
    """
    keys = {
        task.key
        for wish in state.wishes
        if wish.grant is not None and wish.grant.window_id == window.window_id
        for task in wish.tasks
    }
    yield from (task for task in seen.found if window.week is not None or task.key in keys)


def _wait(state: State, seen: Seen, now: datetime, habits: Habits) -> Wait:
    times = [(wish.retry_at, "to ask again") for wish in state.wishes if wish.retry_at is not None]
    for window in windows_of(state, seen):
        denied = state.denied.get(window.window_id)
        if denied is not None and denied.revision >= window.revision:
            times += [(denied.retry_at, f"to enter {window.window_id}")] if denied.retry_at else []
        else:
            times.append((window.not_before, f"for {window.window_id} to open"))
    coming = sorted((until, why) for until, why in times if until > now)
    return Wait(*coming[0]) if coming else Wait(now + habits.look_every, "nothing to do", expected=False)
