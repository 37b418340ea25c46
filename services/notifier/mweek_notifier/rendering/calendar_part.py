"""The calendar of a mail: one event per part, which real calendars and their tools accept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import icalendar

from mweek_notifier.domain.calendar_event import CalendarEvent
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import WeekNotice
from mweek_notifier.domain.window import Slot
from mweek_notifier.rendering.language import Language

PRODUCT = "-//Maintenance Week//mweek-notifier//EN"
NAMES_IN_SUMMARY = 3


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """One calendar file: its bytes have CRLF line ends and lines of at most 75 octets."""

    filename: str
    content: bytes


def calendar_parts(
    notice: WeekNotice, language: Language, letterhead: Letterhead, *, dated_at: datetime
) -> tuple[CalendarPart, ...]:
    """Return a calendar file for each event of a notice.

    No METHOD: these are events to keep, not invitations to answer (RFC 5546; tools refuse PUBLISH by mail).

    Args:
        dated_at: the mail's Date; DTSTAMP must be the same, since tools order mails by both.
    """
    return tuple(
        CalendarPart(
            filename=f"{notice.location}-{notice.week}-{event.slot.phase}-{event.number}.ics",
            content=calendar_of(_entry(notice, event, language), letterhead, dated_at=dated_at),
        )
        for event in notice.events
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a calendar shows, and by which it recognises an event that it has."""

    uid: str
    sequence: int
    cancelled: bool
    slot: Slot
    summary: str
    description: str
    location: str


def calendar_of(entry: Entry, letterhead: Letterhead, *, dated_at: datetime) -> bytes:
    """Return the calendar file of one event."""
    component = icalendar.Event()
    component.add("uid", entry.uid)
    component.add("sequence", entry.sequence)
    component.add("dtstamp", dated_at)
    component.add("dtstart", entry.slot.opens_at)
    component.add("dtend", entry.slot.closes_at)
    component.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    component.add("summary", entry.summary)
    component.add("description", entry.description)
    component.add("location", entry.location)
    component.add("organizer", icalendar.vCalAddress(f"mailto:{letterhead.sender_email}"))
    component.add("transp", "TRANSPARENT")  # people may meet while their machines are maintained
    component.add("categories", ["MAINTENANCE"])
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add_component(component)
    content: bytes = calendar.to_ical()
    return content


def _entry(notice: WeekNotice, event: CalendarEvent, language: Language) -> Entry:
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        cancelled=event.cancelled,
        slot=event.slot,
        summary=_summary(notice, event, language),
        description=_description(notice, event, language),
        location=notice.location,
    )


def _summary(notice: WeekNotice, event: CalendarEvent, language: Language) -> str:
    say = language.words.gettext
    machines, hosts = _touched(notice, event)
    if event.cancelled:
        return say("Cancelled: maintenance in {location}").format(location=notice.location)
    if not machines:
        return say("Maintenance of KVM hosts: {names}").format(names=some(hosts))
    return say("Maintenance: {names}").format(names=some(machines))


def _description(notice: WeekNotice, event: CalendarEvent, language: Language) -> str:
    say = language.words.gettext
    lines = [say("Plan {plan}, {customer}").format(plan=notice.plan_id, customer=notice.customer_name)]
    for each in notice.slots:
        if each.slot == event.slot and not event.cancelled:
            lines += [say("Machines: {names}").format(names=", ".join(each.machines))] if each.machines else []
            lines += [
                say("KVM host {host}; on it: {names}").format(host=host.host, names=", ".join(host.machines))
                for host in each.hosts
            ]
    return "\n".join(lines)


def _touched(notice: WeekNotice, event: CalendarEvent) -> tuple[list[str], list[str]]:
    """Return the machines and the hosts of the event's slot."""
    here = [each for each in notice.slots if each.slot == event.slot]
    return [name for each in here for name in each.machines], [host.host for each in here for host in each.hosts]


def some(names: Sequence[str]) -> str:
    """Return the first few names, and how many there are beside them."""
    rest = len(names) - NAMES_IN_SUMMARY
    return ", ".join(names[:NAMES_IN_SUMMARY]) + (f" + {rest}" if rest > 0 else "")
