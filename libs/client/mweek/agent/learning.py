"""What replies and outcomes change. Pure: each function returns the state to write to disk next.

A refusal that says "later" (`not_ready`, `too_many_requests`) changes nothing but the time of the next try: the same
request is asked again. Any other answer is an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from mweek_contracts.replies import (
    Denial,
    DepartureReplyV1,
    LeaseReplyV1,
    Refusal,
    WindowReplyV1,
    WithdrawalReplyV1,
)
from mweek_contracts.request_codes import DenialCode, RequestRefusalCode

from mweek.agent.deciding import with_wish
from mweek.agent.farewell import did_nothing, farewell
from mweek.agent.habits import Habits
from mweek.agent.looking import renewed_wish
from mweek.agent.state import Denied, LastStay, Stage, State, Stay, Wish
from mweek.agent.staying import with_run
from mweek.agent.steps import AskWindow, Withdraw
from mweek.agent.tasks import Progress

DONE: Final = 0
POSTPONE: Final = 69
"""EX_UNAVAILABLE of sysexits.h: now is no good time; nothing was changed."""
AGAIN: Final = 75
"""EX_TEMPFAIL of sysexits.h: try again in a moment."""

SHORTEST_PAUSE: Final = timedelta(seconds=5)
"""Where "later" is now already, because two clocks differ, the agent does not ask as fast as it can."""

LATER: Final = frozenset({RequestRefusalCode.NOT_READY, RequestRefusalCode.TOO_MANY_REQUESTS})


def answered_window(state: State, step: AskWindow, reply: WindowReplyV1, now: datetime, habits: Habits) -> State:
    """Take in the answer to a request for a window."""
    wish = next(one for one in state.wishes if one.request.request_id == step.request.request_id)
    if reply.grant is not None:
        granted = wish.model_copy(update={"grant": reply.grant, "refusal": None, "refusals": 0, "retry_at": None})
        return with_wish(state, wish, granted)
    refusal = reply.refusal
    assert refusal is not None
    if refusal.code in LATER:
        return with_wish(state, wish, wish.model_copy(update={"retry_at": _retry_at(refusal, now, habits)}))
    pause = min(habits.first_pause * 2 ** min(wish.refusals, 16), habits.longest_pause)
    changes = {"refusal": refusal, "refusals": wish.refusals + 1, "retry_at": refusal.retry_at or now + pause}
    again = renewed_wish(wish, habits, not_before=wish.request.not_before)
    return with_wish(state, wish, again.model_copy(update=changes))


def withdrawn(state: State, step: Withdraw, reply: WithdrawalReplyV1, now: datetime, habits: Habits) -> State:
    """Take in the answer to a withdrawal; whatever it is, the wish is over, unless it says "later"."""
    wish = next(one for one in state.wishes if one.request.request_id == step.wish)
    if reply.refusal is not None and reply.refusal.code in LATER:
        return with_wish(state, wish, wish.model_copy(update={"retry_at": _retry_at(reply.refusal, now, habits)}))
    return with_wish(state, wish, None)


def answered_entering(state: State, reply: LeaseReplyV1, now: datetime, habits: Habits) -> State:
    """Take in the answer to a request to enter."""
    stay = _stay(state)
    if reply.lease is not None:
        return _with(state, stay, lease=reply.lease, stage=Stage.DRAINING, retry_at=None)
    if reply.refusal is not None and reply.refusal.code in LATER:
        return _with(state, stay, retry_at=_retry_at(reply.refusal, now, habits))
    why = reply.denial or reply.refusal
    assert why is not None
    return _turned_away(state, stay, why, now, habits)


def renewed(state: State, reply: LeaseReplyV1) -> State:
    """Take in the answer to the renewal of a lease: more time, or no right to go on."""
    stay = state.stay
    if stay is None or stay.lease is None:
        return state
    if reply.lease is not None:
        return _with(state, stay, lease=reply.lease) if reply.lease.lease_id == stay.lease.lease_id else state
    if reply.refusal is not None and reply.refusal.code in LATER:
        return state
    why = reply.denial or reply.refusal
    assert why is not None
    return _with(state, stay, lost=f"the lease was not renewed: {why.text}")


def drained(state: State, code: int, text: str, now: datetime, habits: Habits) -> State:
    """Take in how the drain went: 0 on with the work, 69 not now, 75 once more, anything else a failure."""
    stay = _stay(state)
    if code == DONE:
        return _with(state, stay, stage=Stage.WORKING, retry_at=None)
    if code == POSTPONE:
        return _with(state, stay, stage=Stage.CHECKING, postponed=text)
    if code == AGAIN:
        return _with(state, stay, postponed=text, retry_at=now + habits.again_after)
    return _with(state, stay, stage=Stage.CHECKING, trouble=stay.trouble or text)


def ran(state: State, number: int, code: int, text: str, now: datetime, habits: Habits) -> State:
    """Take in how an activity ended: by its exit code, and what it last said."""
    stay = _stay(state)
    if code == DONE:
        return _with(state, with_run(stay, number, progress=Progress.DONE))
    if code == POSTPONE:
        changed = with_run(stay, number, progress=Progress.POSTPONED)
        return _with(state, changed, postponed=stay.postponed or text)
    if code == AGAIN:
        return _with(state, with_run(stay, number, progress=Progress.AGAIN), retry_at=now + habits.again_after)
    return _with(state, with_run(stay, number, progress=Progress.FAILED), trouble=stay.trouble or text)


def not_rebooted(state: State, text: str) -> State:
    """Take in that the command to reboot failed."""
    stay = _stay(state)
    return _with(state, stay, trouble=stay.trouble or text)


def checked(state: State, trouble: str | None, facts: Mapping[str, str], now: datetime, habits: Habits) -> State:
    """Take in whether the machine is well: None, or what is wrong. From here on all is said but for saying it."""
    stay = _stay(state)
    stay = stay.model_copy(update={"trouble": stay.trouble or trouble})
    leaving = farewell(stay, now, habits, postponements=state.postponements, facts=facts)
    return _with(state, stay, stage=Stage.LEAVING, leaving=leaving)


def left(state: State, reply: DepartureReplyV1, now: datetime, habits: Habits) -> State:
    """Take in the answer to leaving. A refusal ends it as well: the planner knows of no lease, or never will."""
    stay = _stay(state)
    assert stay.leaving is not None
    if reply.refusal is not None and reply.refusal.code in LATER:
        return _with(state, stay, retry_at=_retry_at(reply.refusal, now, habits))
    leaving = stay.leaving
    keys = {run.task.key for run in stay.runs}
    return state.model_copy(
        update={
            "stay": None,
            "wishes": tuple(wish for wish in state.wishes if not _met_by(wish, stay)),
            "rests": {**state.rests, **dict.fromkeys(keys, now + habits.rest)},
            "postponements": state.postponements + 1 if did_nothing(stay) else 0,
            "denied": {**state.denied, stay.window.window_id: Denied(revision=stay.window.revision)},
            "last": LastStay(window_id=leaving.window_id, result=leaving.result, left_at=now, text=leaving.text),
        }
    )


def _turned_away(state: State, stay: Stay, why: Denial | Refusal, now: datetime, habits: Habits) -> State:
    """Return the state outside again. What will not open at this revision is wished for anew, unless it has moved."""
    retry_at = None if why.retry_at is None else max(why.retry_at, now + SHORTEST_PAUSE)
    denied = Denied(revision=stay.window.revision, retry_at=retry_at)
    wishes = state.wishes
    if retry_at is None and why.code != DenialCode.SUPERSEDED:
        wishes = tuple(renewed_wish(wish, habits) if _met_by(wish, stay) else wish for wish in wishes)
    return state.model_copy(
        update={"stay": None, "wishes": wishes, "denied": {**state.denied, stay.window.window_id: denied}}
    )


def _met_by(wish: Wish, stay: Stay) -> bool:
    same = wish.grant is not None and wish.grant.window_id == stay.window.window_id
    return same or wish.request.request_id in stay.window.requests


def _retry_at(refusal: Refusal, now: datetime, habits: Habits) -> datetime:
    return max(refusal.retry_at or now + habits.again_after, now + SHORTEST_PAUSE)


def _stay(state: State) -> Stay:
    assert state.stay is not None
    return state.stay


def _with(state: State, stay: Stay, **changes: object) -> State:
    return state.model_copy(update={"stay": stay.model_copy(update=changes)})
