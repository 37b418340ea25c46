"""Explains wishes for windows: what one would get now, and which rule closes which hours. Nothing is booked or told."""

from __future__ import annotations

from mweek_contracts.explanation import MOST_EXCLUSIONS, ExplainWindowReplyV1, Explanation
from mweek_contracts.replies import Refusal, Reply
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import ExplainWindowV1
from sqlmodel import Session

from mweek_planner.domain.requests import explain, withdraw
from mweek_planner.handlers.granting import Wish, as_told, decide
from mweek_planner.handlers.window_desk import WindowDesk
from mweek_planner.interfaces import Asker, MachineWindow
from mweek_planner.storage.location_calendar import LocationCalendar
from mweek_planner.translation.explanations import explanation_from, wished_work_from


class ExplanationHandler:
    """Answers `explain-window`."""

    def __init__(self, *, desk: WindowDesk) -> None:
        """Keep the collaborator."""
        self._desk = desk

    def explain_window(self, session: Session, request: ExplainWindowV1) -> Reply:
        """Tell what a wish would get now, or what an earlier request would if it were withdrawn and made again."""
        calendar = self._desk.calendar(session, request.location).calendar
        asker = self._desk.asker(session, request)
        if not isinstance(asker, Asker):
            return asker
        now, policy = self._desk.now(), self._desk.policy(session, request.location)
        if request.earlier_request is None:
            wish = Wish(asker, policy, wished_work_from(request, now), now)
            return self._reply(request, _explained(calendar, wish, None))
        window = _meeting(calendar, request.machine, request.earlier_request)
        if window is None:
            text = (
                f"no window of {request.machine} meets a request {request.earlier_request}, or none does any more: "
                "say the wish itself"
            )
            return self._desk.refuse(request, RequestRefusalCode.UNKNOWN_REQUEST, text)
        work = next(work for work in window.works if work.request_id == request.earlier_request)
        left = withdraw(window.booking, work.request_id, policy.windows)
        with calendar.occupancy.as_if(window.booking, left):
            return self._reply(request, _explained(calendar, Wish(asker, policy, work, now), window))

    def _reply(self, request: ExplainWindowV1, explanation: Explanation) -> Reply:
        return ExplainWindowReplyV1(
            request_id=request.request_id, answered_at=self._desk.now(), explanation=explanation
        )


def _explained(calendar: LocationCalendar, wish: Wish, has: MachineWindow | None) -> Explanation:
    outcome = decide(calendar, wish, window_id=wish.work.request_id)
    return explanation_from(
        wish.case,
        explain(wish.case, calendar.occupancy, most=MOST_EXCLUSIONS + 1),
        outcome if isinstance(outcome, Refusal) else outcome.window,
        has=None if has is None else as_told(has, wish.asker, wish.policy),
    )


def _meeting(calendar: LocationCalendar, machine: str, request_id: str) -> MachineWindow | None:
    """Return the window of a machine that meets a request."""
    for window in calendar.windows_of(machine):
        if any(work.request_id == request_id for work in window.works):
            return window
    return None
