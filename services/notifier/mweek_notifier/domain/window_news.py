"""What a contact is told of one window that a machine requested: decided by what the contact knows of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from mweek_notifier.domain.requested_window import RequestedWindow, Touch
from mweek_notifier.domain.window import Slot


class News(StrEnum):
    """What became of a window, for one contact."""

    GRANTED = "granted"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


NOT_CONCERNED: Final = "not-concerned"
"""Why a window is told as withdrawn that there still is: the customer has no machine in it any more."""

WITHDRAWAL_IS_OF_USE: Final = timedelta(days=1)
"""After the window, whose machine may have missed it: somebody may have stayed up for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowItem:
    """What a mail says of one window. `before` is its time as the contact knew it, where that was another.

    `slot` of a withdrawn one is the time that the contact knew; `withdrawn` says why it is gone. `newly_reboots`: the
    contact did not know that the machine reboots.
    """

    window_id: str
    revision: int
    news: News
    uid: str
    machine: str
    own: bool
    hosted: tuple[str, ...]
    slot: Slot
    before: Slot | None = None
    downtime_minutes: int | None = None
    reboots: bool = False
    newly_reboots: bool = False
    urgent: bool = False
    reasons: tuple[str, ...] = ()
    withdrawn: str | None = None

    @property
    def machines(self) -> frozenset[str]:
        """The customer's machines that it names."""
        return frozenset((self.machine, *self.hosted) if self.own else self.hosted)

    @property
    def stale_at(self) -> datetime:
        """When it is of no use any more to say so: that nothing happened is worth to know a while longer."""
        return self.slot.closes_at + (WITHDRAWAL_IS_OF_USE if self.news is News.WITHDRAWN else timedelta(0))


class Hush(StrEnum):
    """Why a contact is told nothing of a window that has news."""

    NEVER_TOLD = "never-told"
    NOTHING_NEW = "nothing-new"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Hushed:
    """News that are not told, and why."""

    item: WindowItem
    why: Hush


def window_uid(window: RequestedWindow, customer: str, domain: str) -> str:
    """Return the UID of a window in a customer's calendars: the same for ever, whatever becomes of the window."""
    key = f"{window.location}|{window.window_id}|{customer}"
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}"


def news_of(
    window: RequestedWindow, touch: Touch | None, told: WindowItem | None, *, uid: str
) -> WindowItem | Hushed | None:
    """Return what a contact is told of a window; None where there is nothing that it has to know.

    Args:
        touch: what the window touches of the contact's customer; None: nothing (any more).
        told: what the contact was last told of it.
    """
    knows = None if told is None or told.news is News.WITHDRAWN else told
    if window.withdrawn is not None or touch is None:
        if knows is not None:
            return _gone(window, knows)
        return Hushed(_granted(window, touch, uid, News.WITHDRAWN), Hush.NEVER_TOLD) if touch and not told else None
    if knows is None:
        return _granted(window, touch, uid, News.GRANTED)
    item = _granted(window, touch, uid, News.CHANGED, knows)
    if not item.machines <= knows.machines:
        return item
    if knows.revision >= window.significant_revision:
        return None
    return item if _reaches_further(item, knows) else Hushed(item, Hush.NOTHING_NEW)


def _granted(
    window: RequestedWindow, touch: Touch, uid: str, news: News, knows: WindowItem | None = None
) -> WindowItem:
    return WindowItem(
        window_id=window.window_id,
        revision=window.revision,
        news=news,
        uid=uid,
        machine=window.machine,
        own=touch.own,
        hosted=touch.hosted,
        slot=window.slot,
        before=knows.slot if knows and knows.slot != window.slot else None,
        downtime_minutes=window.downtime_minutes,
        reboots=window.reboots,
        newly_reboots=window.reboots and knows is not None and not knows.reboots,
        urgent=window.urgent,
        reasons=window.reasons,
        withdrawn=window.withdrawn,
    )


def _gone(window: RequestedWindow, knows: WindowItem) -> WindowItem:
    return WindowItem(
        window_id=window.window_id,
        revision=window.revision,
        news=News.WITHDRAWN,
        uid=knows.uid,
        machine=window.machine,
        own=knows.own,
        hosted=knows.hosted,
        slot=knows.slot,
        reasons=knows.reasons,
        withdrawn=window.withdrawn or NOT_CONCERNED,
    )


def _reaches_further(item: WindowItem, knows: WindowItem) -> bool:
    """Say whether a window takes time that the contact was not told of, or now reboots the machine."""
    inside = knows.slot.opens_at <= item.slot.opens_at and item.slot.closes_at <= knows.slot.closes_at
    return not inside or item.newly_reboots
