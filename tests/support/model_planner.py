"""A planner that answers machines by the contracts, for tests of those who ask: as unkind as it is told to be.

It knows no customers and no calendars: a window opens `notice` after it was asked for. What it keeps to is what a
machine can count on: repeated requests, revisions, leases, what is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from mweek_contracts.catalogue import REQUESTS
from mweek_contracts.explanation import Exclusion, Explanation, PossibleWindow, RuleAtWork, WindowWish
from mweek_contracts.replies import (
    Denial,
    Departure,
    Grant,
    Lease,
    OwnWindow,
    Refusal,
    Reply,
    Withdrawal,
)
from mweek_contracts.request_codes import ClosingRule, DenialCode, LeaveResult, RequestRefusalCode
from mweek_contracts.requests import (
    EnterWindowV1,
    ExplainWindowV1,
    LeaveWindowV1,
    MyWindowsV1,
    RenewWindowV1,
    Request,
    RequestWindowV1,
    WithdrawWindowV1,
)

from tests.support.ids import ReadableIds

_REPLIES = {entry.message: entry.reply for entry in REQUESTS}
PREPARATION = timedelta(minutes=5)


@dataclass(frozen=True)
class Window:
    """A window and the requests that it is for, with their minutes."""

    window_id: str
    machine: str
    revision: int
    not_before: datetime
    must_end_by: datetime
    work: timedelta
    requests: Mapping[str, int] = field(default_factory=dict)
    week: str | None = None
    lease: Lease | None = None
    over: bool = False
    """It was left, or the machine was found overdue."""

    @property
    def not_after(self) -> datetime:
        return self.must_end_by - self.work

    def times(self) -> dict[str, Any]:
        return {
            "window_id": self.window_id,
            "revision": self.revision,
            "week": self.week,
            "not_before": self.not_before,
            "not_after": self.not_after,
            "must_end_by": self.must_end_by,
            "requests": tuple(self.requests),
        }


@dataclass(frozen=True)
class LeftWith:
    """How a machine left a window."""

    window_id: str
    result: LeaveResult
    downtime_minutes: int
    text: str | None
    facts: Mapping[str, str]


class ModelPlanner:
    """One planner with what it keeps. `answer` decides; the knobs change what it decides next."""

    def __init__(self, now: Callable[[], datetime], *, notice: timedelta = timedelta(hours=12)) -> None:
        self.now = now
        self.notice = notice
        self.lease_time = timedelta(minutes=30)
        self.windows: dict[str, Window] = {}
        self.left: list[LeftWith] = []
        self.refusals: list[Refusal] = []
        """Answered to the next requests for windows, one each."""
        self.denials: list[Denial] = []
        """Answered to the next requests to enter, one each."""
        self.not_ready: int = 0
        """How many of the next requests, of whatever kind, are told to ask later."""
        self.asked: list[Request] = []
        self._answers: dict[tuple[str, str], tuple[Request, Reply]] = {}
        self._new_id = ReadableIds("window")

    def answer(self, request: Request) -> Reply:
        """Return the reply; a repeated request gets the one that it got."""
        self.asked.append(request)
        key = (request.machine, request.request_id)
        if key in self._answers:
            before, reply = self._answers[key]
            return reply if before == request else self._refuse(request, RequestRefusalCode.REQUEST_ID_REUSED)
        if self.not_ready:
            self.not_ready -= 1
            later = self.now() + timedelta(seconds=20)
            return self._refuse(request, RequestRefusalCode.NOT_READY, retry_at=later)
        self.expire()
        reply = self._decide(request)
        if not isinstance(request, MyWindowsV1 | ExplainWindowV1):
            self._answers[key] = (request, reply)
        return reply

    def expire(self) -> None:
        """Find machines overdue and windows missed."""
        now = self.now()
        for window in list(self.windows.values()):
            overdue = window.lease is not None and window.lease.expires_at <= now
            if overdue or (window.lease is None and window.not_after < now):
                self.windows[window.window_id] = replace(window, over=True)

    def holds_lease(self, machine: str) -> bool:
        """Tell whether a machine may be down now."""
        self.expire()
        return any(one.lease is not None and not one.over for one in self.windows.values() if one.machine == machine)

    def open_windows(self, machine: str) -> list[Window]:
        """Return the windows of a machine that are not over, the earliest first."""
        self.expire()
        own = [one for one in self.windows.values() if one.machine == machine and not one.over]
        return sorted(own, key=lambda one: one.not_before)

    def give_week(self, machine: str, opens_at: datetime, hours: int = 5) -> Window:
        """Give a machine the window of a maintenance week."""
        window = Window(
            window_id=f"2026-W49/{machine}",
            machine=machine,
            revision=1,
            not_before=opens_at,
            must_end_by=opens_at + timedelta(hours=hours),
            work=timedelta(minutes=30),
            week="2026-W49",
        )
        self.windows[window.window_id] = window
        return window

    def move(self, window_id: str, by: timedelta) -> None:
        """Move a window that was not entered."""
        one = self.windows[window_id]
        if one.lease is None and not one.over:
            times = {"not_before": one.not_before + by, "must_end_by": one.must_end_by + by}
            self.windows[window_id] = replace(one, revision=one.revision + 1, **times)

    def take_away(self, window_id: str) -> None:
        """Withdraw a window that was not entered, for no request of its machine."""
        if self.windows[window_id].lease is None:
            del self.windows[window_id]

    def _decide(self, request: Request) -> Reply:
        match request:
            case RequestWindowV1():
                return self._request(request)
            case WithdrawWindowV1():
                return self._withdraw(request)
            case EnterWindowV1():
                return self._enter(request)
            case RenewWindowV1():
                return self._renew(request)
            case LeaveWindowV1():
                return self._leave(request)
            case MyWindowsV1():
                return self._my_windows(request)
            case ExplainWindowV1():
                return self._explain(request)
        raise AssertionError(request)

    def _request(self, request: RequestWindowV1) -> Reply:
        if self.refusals:
            return self._reply(request, refusal=self.refusals.pop(0))
        opens_at = self.now() + (timedelta(0) if request.urgent else self.notice)
        opens_at = max(opens_at, request.not_before or opens_at)
        for one in self.open_windows(request.machine):
            if one.not_before >= opens_at and one.lease is None and one.week is None:
                return self._join(request, one)
            if (
                one.week is not None
                and one.lease is None
                and one.not_before >= max(self.now(), request.not_before or self.now())
            ):
                return self._join(request, one)
        work = timedelta(minutes=request.estimated_minutes) + PREPARATION
        window = Window(
            window_id=self._new_id(),
            machine=request.machine,
            revision=1,
            not_before=opens_at,
            must_end_by=opens_at + max(work, timedelta(minutes=15)) * 1.25,
            work=work,
            requests={request.request_id: request.estimated_minutes},
        )
        self.windows[window.window_id] = window
        return self._reply(request, grant=Grant(**window.times()))

    def _join(self, request: RequestWindowV1, one: Window) -> Reply:
        more = timedelta(minutes=request.estimated_minutes)
        grown = replace(
            one,
            revision=one.revision + 1,
            requests={**one.requests, request.request_id: request.estimated_minutes},
            work=one.work + (timedelta(0) if one.week else more),
            must_end_by=one.must_end_by + (timedelta(0) if one.week else more * 1.25),
        )
        self.windows[one.window_id] = grown
        return self._reply(request, grant=Grant(**grown.times()))

    def _withdraw(self, request: WithdrawWindowV1) -> Reply:
        window = self._window(request.machine, request.window_id)
        if window is None:
            return self._refuse(request, RequestRefusalCode.UNKNOWN_WINDOW)
        if window.lease is not None:
            return self._refuse(request, RequestRefusalCode.ALREADY_OPEN)
        gone = set(request.withdrawn) or set(window.requests)
        left = {name: minutes for name, minutes in window.requests.items() if name not in gone}
        if not left and window.week is None:
            del self.windows[window.window_id]
            return self._reply(request, withdrawal=Withdrawal(window_id=window.window_id))
        kept = replace(window, revision=window.revision + 1, requests=left)
        self.windows[window.window_id] = kept
        remaining = Grant(**kept.times())
        return self._reply(request, withdrawal=Withdrawal(window_id=window.window_id, remaining=remaining))

    def _enter(self, request: EnterWindowV1) -> Reply:
        if self.denials:
            return self._reply(request, denial=self.denials.pop(0))
        window, now = self._window(request.machine, request.window_id), self.now()
        if window is None:
            return self._deny(request, DenialCode.UNKNOWN_WINDOW)
        if window.lease is not None:
            return self._reply(request, lease=window.lease)
        if request.revision not in (None, window.revision):
            return self._deny(request, DenialCode.SUPERSEDED)
        if now < window.not_before:
            return self._deny(request, DenialCode.TOO_EARLY, window.not_before)
        if now > window.not_after:
            return self._deny(request, DenialCode.TOO_LATE)
        lease = self._lease(window, f"lease-{window.window_id}", now)
        self.windows[window.window_id] = replace(window, lease=lease)
        return self._reply(request, lease=lease)

    def _renew(self, request: RenewWindowV1) -> Reply:
        window = self._window(request.machine, request.window_id)
        if window is None or window.lease is None or window.lease.lease_id != request.lease_id:
            return self._refuse(request, RequestRefusalCode.UNKNOWN_LEASE)
        lease = self._lease(window, window.lease.lease_id, window.lease.entered_at)
        self.windows[window.window_id] = replace(window, lease=lease)
        return self._reply(request, lease=lease)

    def _lease(self, window: Window, lease_id: str, entered_at: datetime) -> Lease:
        expires_at = min(self.now() + self.lease_time, window.must_end_by)
        return Lease(
            lease_id=lease_id,
            window_id=window.window_id,
            revision=window.revision,
            entered_at=entered_at,
            expires_at=expires_at,
            must_end_by=window.must_end_by,
            renewable=expires_at < window.must_end_by,
        )

    def _leave(self, request: LeaveWindowV1) -> Reply:
        window = self.windows.get(request.window_id)
        if window is None or window.lease is None or window.lease.lease_id != request.lease_id:
            return self._refuse(request, RequestRefusalCode.UNKNOWN_LEASE)
        self.windows[window.window_id] = replace(window, over=True, lease=None)
        self.left.append(
            LeftWith(window.window_id, request.result, request.downtime_minutes, request.text, dict(request.facts))
        )
        departure = Departure(
            window_id=window.window_id,
            lease_id=request.lease_id,
            result=request.result,
            left_at=self.now(),
            downtime_minutes=request.downtime_minutes,
        )
        return self._reply(request, departure=departure)

    def _my_windows(self, request: MyWindowsV1) -> Reply:
        windows = tuple(OwnWindow(**one.times(), lease=one.lease) for one in self.open_windows(request.machine))
        return self._reply(request, machine=request.machine, windows=windows)

    def _explain(self, request: ExplainWindowV1) -> Reply:
        """Explain a wish: nothing is closed but the notice, and no window is shared."""
        has, minutes = None, request.estimated_minutes
        if request.earlier_request is not None:
            own = self.open_windows(request.machine)
            window = next((one for one in own if request.earlier_request in one.requests), None)
            if window is None:
                return self._refuse(request, RequestRefusalCode.UNKNOWN_REQUEST)
            has, minutes = Grant(**window.times()), window.requests[request.earlier_request]
        assert minutes is not None
        now = self.now()
        opens_at = max(now + (timedelta(0) if request.urgent else self.notice), request.not_before or now)
        length = max(timedelta(minutes=minutes) + PREPARATION, timedelta(minutes=15)) * 1.25
        closes_at, until = opens_at + length, now + timedelta(days=60)
        late = request.deadline is not None and closes_at > request.deadline
        exclusions = [Exclusion(rule=ClosingRule.NOTICE, starts_at=now, ends_at=opens_at)] if opens_at > now else []
        explanation = Explanation(
            wish=WindowWish(
                estimated_minutes=minutes,
                not_before=request.not_before,
                deadline=request.deadline,
                urgent=request.urgent,
            ),
            length_minutes=length // timedelta(minutes=1),
            has=has,
            would_get=None
            if late
            else PossibleWindow(not_before=opens_at, not_after=closes_at - PREPARATION, must_end_by=closes_at),
            why_none=Refusal(code=RequestRefusalCode.DEADLINE_TOO_SOON, text="too soon, says the model")
            if late
            else None,
            looked_from=now,
            looked_until=until,
            rules=tuple(RuleAtWork(rule=one.rule, text="notice, says the model") for one in exclusions),
            exclusions=tuple(exclusions),
            exclusions_until=until,
        )
        return self._reply(request, explanation=explanation)

    def _window(self, machine: str, window_id: str) -> Window | None:
        window = self.windows.get(window_id)
        return None if window is None or window.over or window.machine != machine else window

    def _deny(self, request: Request, code: DenialCode, retry_at: datetime | None = None) -> Reply:
        return self._reply(request, denial=Denial(code=code, text=f"{code}, says the model", retry_at=retry_at))

    def _refuse(self, request: Request, code: RequestRefusalCode, retry_at: datetime | None = None) -> Reply:
        return self._reply(request, refusal=Refusal(code=code, text=f"{code}, says the model", retry_at=retry_at))

    def _reply(self, request: Request, **fields: Any) -> Reply:
        return _REPLIES[type(request)](request_id=request.request_id, answered_at=self.now(), **fields)
