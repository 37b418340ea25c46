"""What a mail about single windows says, in plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import WindowNotice
from mweek_notifier.domain.window_news import News, WindowItem
from mweek_notifier.rendering.dates import Calendar, SlotTimes
from mweek_notifier.rendering.header import shortened
from mweek_notifier.rendering.language import Language
from mweek_notifier.rendering.letter import LONGEST_NAME_IN_SUBJECT

REFERENCE_DIGITS = 8
"""Enough to make a subject unique, and to name a mail on the telephone."""


@dataclass(frozen=True, slots=True)
class LetterWindow:
    """One time, and the machines that share it with the same story. `host` is set where they are on a KVM host.

    `before` is the time that the reader knew, where it is another; `gone` why there is none any more.
    """

    times: SlotTimes
    machines: tuple[str, ...]
    host: str | None
    before: SlotTimes | None
    downtime_minutes: int | None
    reboots: bool
    newly_reboots: bool
    urgent: bool
    reasons: tuple[str, ...]
    gone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLetter:
    """A mail about windows that machines requested: new ones, changed ones, and those that are gone."""

    language: str
    kind: str
    contact_name: str
    customer_name: str
    short_customer_name: str
    location: str
    reference: str
    days: str
    machines: tuple[str, ...]
    granted: tuple[LetterWindow, ...]
    changed: tuple[LetterWindow, ...]
    withdrawn: tuple[LetterWindow, ...]
    urgent: bool
    some_urgent: bool
    """Not all: then each says whether it is."""
    notice_hours: int
    calendar_files: int
    operator_email: str


def window_letter(notice: WindowNotice, language: Language, letterhead: Letterhead) -> WindowLetter:
    """Put a notice about single windows into words."""
    calendar = Calendar(language.words, notice.timezone)
    ahead = [item for item in notice.items if item.news is not News.WITHDRAWN]

    def told_as(news: News) -> tuple[LetterWindow, ...]:
        return _together(line for item in notice.items if item.news is news for line in _lines(item, calendar))

    return WindowLetter(
        language=language.code,
        kind=notice.kind,
        contact_name=notice.contact.name,
        customer_name=notice.customer_name,
        short_customer_name=shortened(notice.customer_name, LONGEST_NAME_IN_SUBJECT),
        location=notice.location,
        reference=notice.key.notice_id[:REFERENCE_DIGITS],
        days=calendar.days(item.slot.opens_at for item in (ahead or notice.items)),
        machines=tuple(sorted(frozenset[str]().union(*(item.machines for item in notice.items)))),
        granted=told_as(News.GRANTED),
        changed=told_as(News.CHANGED),
        withdrawn=told_as(News.WITHDRAWN),
        urgent=any(item.urgent for item in ahead),
        some_urgent=len({item.urgent for item in ahead}) > 1,
        notice_hours=notice.notice_hours,
        calendar_files=len(notice.items),
        operator_email=letterhead.operator_email,
    )


def _lines(item: WindowItem, calendar: Calendar) -> list[LetterWindow]:
    """Return a line for the customer's own machine, and one for those on the host."""
    own = LetterWindow(
        times=calendar.times(item.slot),
        machines=(item.machine,),
        host=None,
        before=None if item.before is None else calendar.times(item.before),
        downtime_minutes=item.downtime_minutes,
        reboots=item.reboots,
        newly_reboots=item.newly_reboots,
        urgent=item.urgent,
        reasons=item.reasons,
        gone=item.withdrawn,
    )
    # What is done to the host is the operator's business, and how long it is down says nothing of its guests.
    hosted = replace(own, machines=item.hosted, host=item.machine, downtime_minutes=None, reasons=())
    return [*([own] if item.own else []), *([hosted] if item.hosted else [])]


def _together(lines: Iterable[LetterWindow]) -> tuple[LetterWindow, ...]:
    """Join the machines of lines that are alike but for them; the order stays."""
    joined: dict[LetterWindow, tuple[str, ...]] = {}
    for line in lines:
        alike = replace(line, machines=())
        joined[alike] = (*joined.get(alike, ()), *line.machines)
    return tuple(replace(alike, machines=machines) for alike, machines in joined.items())
