"""Grants a machine a window for a request, in the calendar that is open, and tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mweek_contracts.events import RequestedWork
from mweek_contracts.replies import MOST_REQUESTS, Refusal
from mweek_contracts.request_codes import RequestRefusalCode, WindowChange, WindowWithdrawnCode
from sqlmodel import Session

from mweek_planner.domain.requests import Case, Grant, answer
from mweek_planner.handlers.window_desk import WindowDesk
from mweek_planner.interfaces import Asker, LocationPolicy, MachineWindow, WindowState
from mweek_planner.storage.calendars import OpenCalendar
from mweek_planner.storage.location_calendar import LocationCalendar
from mweek_planner.translation import window_events
from mweek_planner.translation.window_requests import refusal_from, window_request_from

TOLD: Final = frozenset(
    {
        RequestRefusalCode.NO_ACCEPTABLE_TIME,
        RequestRefusalCode.NO_CAPACITY,
        RequestRefusalCode.TOO_LONG,
        RequestRefusalCode.DEADLINE_TOO_SOON,
    }
)
"""Refusals that say something of the customer's wishes or of the fleet. What else is refused is the machine's own."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A request of a machine with what decides about it."""

    asker: Asker
    policy: LocationPolicy
    work: RequestedWork
    now: datetime

    @property
    def case(self) -> Case:
        """The request as planning sees it."""
        return Case(
            request=window_request_from(self.asker.name, self.work),
            customer=self.asker.customer,
            redundancy_group=self.asker.redundancy_group,
            policy=self.policy.windows,
            now=self.now,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The window that meets a wish, and what it was before; None for a new one."""

    window: MachineWindow
    before: MachineWindow | None


class Granting:
    """Grants, changes and takes away windows; whatever is decided is put into the calendar and told."""

    def __init__(self, *, desk: WindowDesk, new_id: Callable[[], str]) -> None:
        """Keep the collaborators."""
        self._desk = desk
        self._new_id = new_id

    def grant(
        self, session: Session, calendar: OpenCalendar, wish: Wish, *, answers: bool = True
    ) -> MachineWindow | Refusal:
        """Return the window that meets a wish, or why none does. A refusal changes nothing.

        Args:
            answers: whether the machine waits for it; else the planner does it by itself.
        """
        outcome = decide(calendar.calendar, wish, window_id=self._new_id())
        if isinstance(outcome, Refusal):
            self._refused(session, calendar, wish, outcome)
            return outcome
        return self.change(
            session,
            calendar,
            outcome.window,
            outcome.before,
            asker=wish.asker,
            why=WindowChange.NEW if outcome.before is None else WindowChange.JOINED,
            request_id=wish.work.request_id if answers else None,
        )

    def change(
        self,
        session: Session,
        calendar: OpenCalendar,
        window: MachineWindow,
        before: MachineWindow | None,
        *,
        asker: Asker,
        why: WindowChange,
        request_id: str | None,
    ) -> MachineWindow:
        """Let a machine have a window as it is from now on, and tell of it."""
        calendar.put_window(window)
        if window.works:  # a week's window that meets no request any more is told of with its week
            event = window_events.granted(
                self._desk.about(session, calendar.location),
                window,
                before,
                change=why,
                request_id=request_id,
                affects=self._desk.guests(session, calendar.location, asker),
                now=self._desk.now(),
            )
            self._desk.say(session, event)
        return window

    def take(
        self, session: Session, calendar: OpenCalendar, window: MachineWindow, reason: WindowWithdrawnCode
    ) -> None:
        """Let a machine have a window no more, and tell of it."""
        calendar.put_window(replace(window, revision=window.revision + 1, state=WindowState.WITHDRAWN))
        self.tell_withdrawn(session, calendar, window, reason)

    def tell_withdrawn(
        self, session: Session, calendar: OpenCalendar, window: MachineWindow, reason: WindowWithdrawnCode
    ) -> None:
        """Tell that a machine has a window no more; `window` is as it was told last."""
        location, machine = calendar.location, window.booking.machine
        asker = self._desk.named(session, location, machine)
        affects = () if asker is None else self._desk.guests(session, location, asker)
        about = self._desk.about(session, location)
        event = window_events.withdrawn(about, window, reason, affects=affects, now=self._desk.now())
        self._desk.say(session, event)

    def _refused(self, session: Session, calendar: OpenCalendar, wish: Wish, refusal: Refusal) -> None:
        if refusal.code not in TOLD:
            return
        about, customer = self._desk.about(session, calendar.location), wish.asker.customer
        owner = None if customer is None else customer.name
        self._desk.say(session, window_events.refused(about, wish.asker.name, owner, wish.work, refusal))


def decide(calendar: LocationCalendar, wish: Wish, *, window_id: str) -> Decision | Refusal:
    """Return the window that meets a wish, or why none does; nothing is changed by it.

    Args:
        window_id: the id of a new window, if one is made.
    """
    case = wish.case
    outcome = answer(case, calendar.occupancy, window_id=window_id)
    if not isinstance(outcome, Grant):
        return refusal_from(outcome, case)
    if len(outcome.booking.requests) > MOST_REQUESTS:
        return _too_many(outcome)
    booking = outcome.booking
    before = None if outcome.previous is None else calendar.window(booking.machine, booking.window_id)
    window = MachineWindow(
        booking=booking,
        not_after=outcome.not_after,
        revision=1 if before is None else before.revision + 1,
        week=None if before is None else before.week,
        works=(wish.work,) if before is None else (*before.works, wish.work),
        state=WindowState.OPEN if before is None or before.state is WindowState.FREED else before.state,
    )
    return Decision(as_told(window, wish.asker, wish.policy), before)


def as_told(window: MachineWindow, asker: Asker, policy: LocationPolicy) -> MachineWindow:
    """Return a window with the latest start that its machine is told.

    A week's window has to hold the machine's own update, or what it requested, whichever takes longer; who comes late
    all the same may begin when it opens.
    """
    if window.week is None:
        return window
    work = policy.windows.work(max(asker.downtime_minutes, window.booking.estimated_minutes))
    opens_at, closes_at = window.booking.window.opens_at, window.booking.window.closes_at
    return replace(window, not_after=max(opens_at, closes_at - work))


def _too_many(grant: Grant) -> Refusal:
    text = f"the window {grant.booking.window_id} meets {MOST_REQUESTS} requests already, which is all that it can"
    return Refusal(code=RequestRefusalCode.NO_CAPACITY, text=text)
