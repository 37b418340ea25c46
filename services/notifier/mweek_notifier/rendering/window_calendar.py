"""The calendar files of a mail about single windows: one for each, with the UID of the window and its revision."""

from __future__ import annotations

from datetime import datetime

from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import WindowNotice
from mweek_notifier.domain.window_news import News, WindowItem
from mweek_notifier.rendering.calendar_part import CalendarPart, Entry, calendar_of, some
from mweek_notifier.rendering.language import Language


def window_calendars(
    notice: WindowNotice, language: Language, letterhead: Letterhead, *, dated_at: datetime
) -> tuple[CalendarPart, ...]:
    """Return a calendar file for each window that a notice tells of.

    Args:
        dated_at: the mail's Date, and DTSTAMP.
    """
    return tuple(
        CalendarPart(
            filename=f"{notice.location}-{item.machine}-{item.slot.opens_at:%Y%m%dT%H%MZ}.ics",
            content=calendar_of(_entry(notice, item, language), letterhead, dated_at=dated_at),
        )
        for item in notice.items
    )


def _entry(notice: WindowNotice, item: WindowItem, language: Language) -> Entry:
    gone = item.news is News.WITHDRAWN
    return Entry(
        uid=item.uid,
        sequence=item.revision,
        cancelled=gone,
        slot=item.slot,
        summary=_summary(item, language),
        description="\n".join(_description(notice, item, language)),
        location=notice.location,
    )


def _summary(item: WindowItem, language: Language) -> str:
    say = language.words.gettext
    if item.news is News.WITHDRAWN:
        return say("Cancelled: maintenance of {names}").format(names=item.machine)
    if not item.own:
        return say("Maintenance of the KVM host under {names}").format(names=some(item.hosted))
    return say("Maintenance: {names}").format(names=item.machine)


def _description(notice: WindowNotice, item: WindowItem, language: Language) -> list[str]:
    say = language.words.gettext
    lines = [notice.customer_name]
    if item.news is not News.WITHDRAWN:
        lines += list(item.reasons) if item.own else []
        lines += (
            [say("KVM host {host}; on it: {names}").format(host=item.machine, names=", ".join(item.hosted))]
            if item.hosted
            else []
        )
    return lines
