"""Answers machines that ask for windows, give them back, or ask which they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mweek_contracts.problem import Problem
from mweek_contracts.replies import (
    MOST_WINDOWS,
    MyWindowsReplyV1,
    Refusal,
    Reply,
    WindowReplyV1,
    Withdrawal,
    WithdrawalReplyV1,
)
from mweek_contracts.request_codes import RequestRefusalCode, WindowChange, WindowWithdrawnCode
from mweek_contracts.requests import MyWindowsV1, RequestWindowV1, WithdrawWindowV1
from sqlmodel import Session

from mweek_planner.domain.requests import Policy, withdraw
from mweek_planner.handlers.granting import Granting, Wish, as_told
from mweek_planner.handlers.window_desk import WindowDesk
from mweek_planner.interfaces import Asker, MachineWindow, WindowState
from mweek_planner.storage.calendars import OpenCalendar
from mweek_planner.translation.window_requests import grant_from, own_window_from, work_from


class WindowHandlers:
    """Answers `request-window`, `withdraw-window` and `my-windows`."""

    def __init__(self, *, desk: WindowDesk, granting: Granting) -> None:
        """Keep the collaborators."""
        self._desk = desk
        self._granting = granting

    def request_window(self, session: Session, request: RequestWindowV1) -> Reply:
        """Grant the earliest window that every rule allows, or say which rule leaves none."""
        calendar = self._desk.calendar(session, request.location)
        asker = self._desk.asker(session, request)
        if not isinstance(asker, Asker):
            return asker
        now, policy = self._desk.now(), self._desk.policy(session, request.location)
        outcome = self._granting.grant(session, calendar, Wish(asker, policy, work_from(request, now), now))
        if isinstance(outcome, Refusal):
            return WindowReplyV1(request_id=request.request_id, answered_at=now, refusal=outcome)
        return WindowReplyV1(request_id=request.request_id, answered_at=now, grant=grant_from(outcome))

    def withdraw_window(self, session: Session, request: WithdrawWindowV1) -> Reply:
        """Take requests out of a window; one that meets no other is gone."""
        calendar = self._desk.calendar(session, request.location)
        asker = self._desk.asker(session, request)
        if not isinstance(asker, Asker):
            return asker
        window = calendar.calendar.window(request.machine, request.window_id)
        if window is None or window.booking.window.closes_at <= self._desk.now():
            text = f"{request.machine} has no window {request.window_id}; my-windows tells which it has"
            return self._desk.refuse(request, RequestRefusalCode.UNKNOWN_WINDOW, text)
        if any(held.lease.window_id == request.window_id for held in calendar.calendar.leases_of(request.machine)):
            text = f"{request.machine} is in the window {request.window_id}: leave it instead"
            return self._desk.refuse(request, RequestRefusalCode.ALREADY_OPEN, text)
        if problems := _not_in(window, request.withdrawn):
            text = f"the window {request.window_id} is not for these requests; my-windows tells which it is for"
            return self._refuse_withdrawal(request, text, problems)
        return self._withdrawn(session, calendar, window, asker, request)

    def my_windows(self, session: Session, request: MyWindowsV1) -> Reply:
        """Tell all windows of the machine that are not over, and the lease where it is in one.

        Also to a machine that was taken out of service: it may be in a window, and has to leave it.
        """
        calendar = self._desk.calendar(session, request.location).calendar
        asker = self._desk.named(session, request.location, request.machine) or self._desk.asker(session, request)
        if not isinstance(asker, Asker):
            return asker
        now, policy = self._desk.now(), self._desk.policy(session, request.location)
        leases = {held.lease.window_id: held for held in calendar.leases_of(request.machine)}
        windows = [
            own_window_from(as_told(window, asker, policy), leases.get(window.booking.window_id))
            for window in calendar.windows_of(request.machine)
            if window.booking.window.closes_at > now or window.booking.window_id in leases
        ]
        return MyWindowsReplyV1(
            request_id=request.request_id,
            answered_at=now,
            machine=request.machine,
            windows=tuple(windows[:MOST_WINDOWS]),
        )

    def _withdrawn(
        self,
        session: Session,
        calendar: OpenCalendar,
        window: MachineWindow,
        asker: Asker,
        request: WithdrawWindowV1,
    ) -> Reply:
        policy = self._desk.policy(session, request.location)
        gone = request.withdrawn or tuple(work.request_id for work in window.works)
        remaining = without(window, gone, policy.windows)
        if remaining is None:
            self._granting.take(session, calendar, window, WindowWithdrawnCode.REQUESTED)
            return self._reply_withdrawal(request, None)
        remaining = self._granting.change(
            session,
            calendar,
            as_told(remaining, asker, policy),
            window,
            asker=asker,
            why=WindowChange.LEFT,
            request_id=None,
        )
        return self._reply_withdrawal(request, remaining)

    def _reply_withdrawal(self, request: WithdrawWindowV1, remaining: MachineWindow | None) -> Reply:
        left = None if remaining is None else grant_from(remaining)
        return WithdrawalReplyV1(
            request_id=request.request_id,
            answered_at=self._desk.now(),
            withdrawal=Withdrawal(window_id=request.window_id, remaining=left),
        )

    def _refuse_withdrawal(self, request: WithdrawWindowV1, text: str, problems: Sequence[Problem]) -> Reply:
        refusal = Refusal(code=RequestRefusalCode.BAD_REQUEST, text=text, problems=tuple(problems))
        return WithdrawalReplyV1(request_id=request.request_id, answered_at=self._desk.now(), refusal=refusal)


def without(window: MachineWindow, request_ids: Sequence[str], policy: Policy) -> MachineWindow | None:
    """Return what remains of a window without some of its requests; None: nothing, it is gone."""
    booking = window.booking
    for request_id in dict.fromkeys(request_ids):
        remaining = withdraw(booking, request_id, policy)
        if remaining is None:
            return None
        booking = remaining
    works = tuple(work for work in window.works if work.request_id not in request_ids)
    return replace(
        window,
        booking=booking,
        revision=window.revision + 1,
        works=works,
        state=window.state if works else WindowState.FREED,
        not_after=booking.window.closes_at - policy.work(booking.estimated_minutes),
    )


def _not_in(window: MachineWindow, request_ids: Sequence[str]) -> list[Problem]:
    known = {work.request_id for work in window.works}
    return [
        Problem(place=f"withdrawn[{place}]", text=f"{request_id} is none of the window's requests")
        for place, request_id in enumerate(request_ids)
        if request_id not in known
    ][:20]
