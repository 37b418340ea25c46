"""What the bus tells of the windows of single machines: granted, entered, left, overdue, withdrawn. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    RequestedWork,
    WindowGrantedV1,
    WindowRefusedV1,
    WindowWithdrawnV1,
)
from mweek_contracts.message import Message

WindowHistoryEvent = (
    WindowGrantedV1 | WindowRefusedV1 | WindowWithdrawnV1 | MachineEnteredV1 | MachineLeftV1 | MachineOverdueV1
)


class WindowState(StrEnum):
    """What has become of a window."""

    GRANTED = "granted"
    ENTERED = "entered"
    OVERDUE = "overdue"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


_STATES: Mapping[type[Message], WindowState] = {
    WindowGrantedV1: WindowState.GRANTED,
    WindowWithdrawnV1: WindowState.WITHDRAWN,
    MachineEnteredV1: WindowState.ENTERED,
    MachineLeftV1: WindowState.LEFT,
    MachineOverdueV1: WindowState.OVERDUE,
}


@dataclass(frozen=True, slots=True)
class WindowStory:
    """One window that was made for requests, or whose requests a maintenance week's window meets."""

    grant: WindowGrantedV1
    """As it was granted last."""
    state: WindowState
    events: tuple[WindowHistoryEvent, ...]
    """All that was told of it, oldest first."""


def window_stories(events: Iterable[Message]) -> tuple[WindowStory, ...]:
    """Return the windows that events tell of, by opening; those of which no grant is known are left out."""
    told: dict[tuple[str, str], list[WindowHistoryEvent]] = {}
    for event in events:
        if isinstance(event, WindowHistoryEvent) and not isinstance(event, WindowRefusedV1):
            told.setdefault((event.location, event.window_id), []).append(event)
    stories = [story for own in told.values() for story in _story(own)]
    return tuple(sorted(stories, key=lambda one: (one.grant.not_before, one.grant.machine, one.grant.window_id)))


def refusals(events: Iterable[Message]) -> tuple[WindowRefusedV1, ...]:
    """Return the requests that were refused, oldest first."""
    return tuple(event for event in events if isinstance(event, WindowRefusedV1))


def work_of(event: WindowGrantedV1 | WindowRefusedV1) -> RequestedWork:
    """Return the request that an event answers; of a window that was moved, the first that it is for."""
    if isinstance(event, WindowRefusedV1):
        return event.request
    return next((one for one in event.requests if one.request_id == event.request_id), event.requests[0])


def _story(events: list[WindowHistoryEvent]) -> Iterator[WindowStory]:
    grants = [event for event in events if isinstance(event, WindowGrantedV1)]
    if grants:
        newest = max(grants, key=lambda one: one.revision)
        yield WindowStory(newest, _STATES[type(events[-1])], tuple(events))
