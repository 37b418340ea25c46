"""One request of a machine for a window, or a mere wish: what was told of it, and what the planner sees now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mweek_contracts.events import RequestedWork, WindowGrantedV1, WindowRefusedV1
from mweek_contracts.explanation import Explanation
from mweek_contracts.message import Message
from mweek_contracts.records import CustomerV1, MachineV1
from mweek_timewindows import Window

from mweek.window_story import WindowHistoryEvent, WindowStory, refusals, window_stories


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRequest:
    """A request for a window as the events tell of it."""

    work: RequestedWork
    story: WindowStory | None
    """The window that meets it, or met it; None where it was refused."""
    refusal: WindowRefusedV1 | None

    @property
    def window(self) -> Window | None:
        """The window, as it is now or was last."""
        return Window(self.story.grant.not_before, self.story.grant.must_end_by) if self.story else None

    @property
    def history(self) -> tuple[WindowHistoryEvent, ...]:
        """All that was told of it, oldest first."""
        own: tuple[WindowHistoryEvent, ...] = (self.refusal,) if self.refusal else ()
        return own + (self.story.events if self.story else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowExplanation:
    """What a wish of a machine would get now, and which rule closes which hours to it."""

    machine: MachineV1
    customer: CustomerV1 | None
    """As the records say now; None for the operator's own, or where there is no record."""
    told: ToldRequest | None
    """The request that it is about; None for what was not requested, or not in the last 90 days."""
    is_update: bool = False
    """Nobody said what to explain: it is the downtime of an update, from the machine's record."""
    seen: Explanation
    """What the planner sees."""
    seen_at: datetime
    """When it was asked, by its clock."""

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone of the customer; None for the operator's own machines."""
        return ZoneInfo(self.customer.timezone) if self.customer else None


def find_request(events: Iterable[Message], request_id: str | None) -> ToldRequest | None:
    """Return what is told of a request of one machine, of the latest unless it is named; None where nothing is."""
    told = tuple(events)
    answers = [one for one in told if isinstance(one, WindowGrantedV1 | WindowRefusedV1)]
    found = [
        work
        for answer in answers
        for work in (answer.requests if isinstance(answer, WindowGrantedV1) else (answer.request,))
        if request_id in (None, work.request_id)
    ]
    if not found:
        return None
    work = max(found, key=lambda one: one.requested_at)
    # The newest grant of the window counts: a request that was withdrawn from it stands in an older one only.
    held = [one for one in window_stories(told) if _names(one, work.request_id)]
    refused = [one for one in refusals(told) if one.request.request_id == work.request_id]
    story = held[-1] if held else None
    return ToldRequest(work=work, story=story, refusal=None if story else (refused[-1] if refused else None))


def _names(story: WindowStory, request_id: str) -> bool:
    grants = (event for event in story.events if isinstance(event, WindowGrantedV1))
    return any(work.request_id == request_id for grant in grants for work in grant.requests)
