"""Why a machine got the window that it got, or none: what the bus can tell of one request, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mweek_contracts.events import RequestedWork, WindowGrantedV1, WindowRefusedV1
from mweek_contracts.message import Message
from mweek_contracts.records import CustomerV1, MachineV1
from mweek_timewindows import Window

from mweek.errors import UnknownRequestError
from mweek.window_story import WindowHistoryEvent, WindowStory, refusals, window_stories
from mweek.window_times import ClosedTime, closed_times, whole_days

LONGEST_TIMELINE: Final = timedelta(days=14)
_WITHOUT_WINDOW: Final = timedelta(days=3)
"""How far a timeline looks where there is neither a window nor an alternative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowExplanation:
    """One request of a machine."""

    machine: MachineV1
    customer: CustomerV1 | None
    """As the records say now; None for the operator's own, or where there is no record."""
    work: RequestedWork
    story: WindowStory | None
    """The window that meets it, or met it; None where it was refused."""
    refusal: WindowRefusedV1 | None
    span: Window
    """The days that `closed` is about."""
    closed: tuple[ClosedTime, ...]

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone of the customer; None for the operator's own machines."""
        return ZoneInfo(self.customer.timezone) if self.customer else None

    @property
    def window(self) -> Window | None:
        """The window, as it is now or was last."""
        return Window(self.story.grant.not_before, self.story.grant.must_end_by) if self.story else None

    @property
    def history(self) -> tuple[WindowHistoryEvent, ...]:
        """All that was told of it, oldest first."""
        own: tuple[WindowHistoryEvent, ...] = (self.refusal,) if self.refusal else ()
        return own + (self.story.events if self.story else ())


def explain_request(
    machine: MachineV1, customer: CustomerV1 | None, events: Iterable[Message], request_id: str | None
) -> WindowExplanation:
    """Return what is known of a request; the latest one, unless it is named.

    Raises:
        UnknownRequestError: nothing was told of it.
    """
    told = tuple(events)
    answers = [one for one in told if isinstance(one, WindowGrantedV1 | WindowRefusedV1)]
    found = [
        (work, answer)
        for answer in answers
        for work in (answer.requests if isinstance(answer, WindowGrantedV1) else (answer.request,))
        if request_id in (None, work.request_id)
    ]
    if not found:
        raise UnknownRequestError(machine.name, request_id)
    work, _ = max(found, key=lambda one: one[0].requested_at)
    # The newest grant of the window counts: a request that was withdrawn from it stands in an older one only.
    held = [one for one in window_stories(told) if _names(one, work.request_id)]
    refused = [one for one in refusals(told) if one.request.request_id == work.request_id]
    story = held[-1] if held else None
    refusal = None if story else (refused[-1] if refused else None)
    span = _span(work, story, refusal)
    closed = closed_times(work, customer, owned=machine.customer is not None, span=span)
    return WindowExplanation(
        machine=machine, customer=customer, work=work, story=story, refusal=refusal, span=span, closed=closed
    )


def _names(story: WindowStory, request_id: str) -> bool:
    grants = (event for event in story.events if isinstance(event, WindowGrantedV1))
    return any(work.request_id == request_id for grant in grants for work in grant.requests)


def _span(work: RequestedWork, story: WindowStory | None, refusal: WindowRefusedV1 | None) -> Window:
    until = _until(work, story, refusal)
    from_at = max(work.requested_at, until - LONGEST_TIMELINE)
    return whole_days(from_at, max(until, from_at))


def _until(work: RequestedWork, story: WindowStory | None, refusal: WindowRefusedV1 | None) -> datetime:
    if story is not None:
        return story.grant.must_end_by
    if refusal is not None and refusal.earliest_alternative is not None:
        return refusal.earliest_alternative
    return max(work.requested_at, work.not_before or work.requested_at) + _WITHOUT_WINDOW
