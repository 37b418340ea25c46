"""Decides which contacts of a customer get which mails about single windows when an occasion is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mweek_notifier.domain.fleet import Contact, Customer
from mweek_notifier.domain.notice import SkipCode, WindowNotice
from mweek_notifier.domain.requested_window import RequestedWindow, Touch
from mweek_notifier.domain.telling import IN_THE_PAST, Silence
from mweek_notifier.domain.window_news import Hush, Hushed, WindowItem, news_of, window_uid

MOST_WINDOWS_IN_A_MAIL: Final = 50
"""Each has a calendar file of its own; what goes beyond is another mail."""


@dataclass(frozen=True, slots=True)
class ToldOfWindows:
    """What a contact knows: the last it was told of each window by id, and its mails with the windows that each named,
    oldest first."""

    items: Mapping[str, WindowItem] = field(default_factory=dict)
    mails: tuple[tuple[str, frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """All news about windows of one customer. `touched`: what each window (by id) touches of it; `told` by address."""

    location: str
    customer: Customer
    windows: tuple[RequestedWindow, ...]
    touched: Mapping[str, Touch]
    told: Mapping[str, ToldOfWindows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WindowTelling:
    """What a customer is told, and what it is not told on purpose."""

    notices: tuple[WindowNotice, ...] = ()
    silences: tuple[Silence, ...] = ()


_SILENCES: Final = {
    Hush.NEVER_TOLD: (SkipCode.NEVER_TOLD, "the contact was never told of the windows that are withdrawn"),
    Hush.NOTHING_NEW: (SkipCode.NOTHING_NEW, "a change was taken back before it was told: the contact knows all of it"),
    Hush.OVER: (SkipCode.OVER, IN_THE_PAST),
}


def tell_windows(occasion: Occasion, *, now: datetime, domain: str) -> WindowTelling:
    """Decide what each contact of a customer is told.

    Args:
        now: a window that is over by then is not told as one that there will be.
        domain: where UIDs of calendar events belong to.
    """
    notices: list[WindowNotice] = []
    silences: list[Silence] = []
    for contact in occasion.customer.contacts:
        told = occasion.told.get(contact.email, ToldOfWindows())
        decided = [_in_time(each, now) for each in _news(occasion, told, domain)]
        items = [each for each in decided if isinstance(each, WindowItem)]
        notices += _notices(occasion, contact, told, items)
        for why, (code, reason) in _SILENCES.items():
            hushed = [each.item for each in decided if isinstance(each, Hushed) and each.why is why]
            silences += [Silence(each, reason, code) for each in _notices(occasion, contact, told, hushed)]
    return WindowTelling(tuple(notices), tuple(silences))


def _news(occasion: Occasion, told: ToldOfWindows, domain: str) -> Iterator[WindowItem | Hushed]:
    for window in occasion.windows:
        uid = window_uid(window, occasion.customer.customer, domain)
        news = news_of(window, occasion.touched.get(window.window_id), told.items.get(window.window_id), uid=uid)
        if news is not None:
            yield news


def _in_time(news: WindowItem | Hushed, now: datetime) -> WindowItem | Hushed:
    over = isinstance(news, WindowItem) and news.stale_at <= now
    return Hushed(news, Hush.OVER) if over and isinstance(news, WindowItem) else news


def _notices(
    occasion: Occasion, contact: Contact, told: ToldOfWindows, items: Iterable[WindowItem]
) -> Iterator[WindowNotice]:
    """Put items into as few mails as hold them, in the order of time."""
    ordered = sorted(items, key=lambda item: (item.slot, item.machine, item.window_id))
    for start in range(0, len(ordered), MOST_WINDOWS_IN_A_MAIL):
        yield _notice(occasion, contact, told, ordered[start : start + MOST_WINDOWS_IN_A_MAIL])


def _notice(occasion: Occasion, contact: Contact, told: ToldOfWindows, items: Sequence[WindowItem]) -> WindowNotice:
    named = {item.window_id for item in items}
    customer = occasion.customer
    return WindowNotice(
        location=occasion.location,
        customer=customer.customer,
        customer_name=customer.name,
        contact=contact,
        timezone=customer.timezone,
        notice_hours=customer.notice_hours,
        items=tuple(items),
        earlier_mails=tuple(mail for mail, windows in told.mails if windows & named),
    )
