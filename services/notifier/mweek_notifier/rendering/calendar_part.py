"""The calendar of a mail: one event per part, which real calendars and their tools accept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import icalendar

from mweek_notifier.domain.calendar_event import CalendarEvent
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import WeekNotice
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
            content=_calendar(_event(notice, event, language, letterhead, dated_at)),
        )
        for event in notice.events
    )


def _calendar(event: icalendar.Event) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _event(
    notice: WeekNotice, event: CalendarEvent, language: Language, letterhead: Letterhead, dated_at: datetime
) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", dated_at)
    component.add("dtstart", event.slot.opens_at)
    component.add("dtend", event.slot.closes_at)
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    component.add("summary", _summary(notice, event, language))
    component.add("description", _description(notice, event, language))
    component.add("location", notice.location)
    component.add("organizer", icalendar.vCalAddress(f"mailto:{letterhead.sender_email}"))
    component.add("transp", "TRANSPARENT")  # people may meet while their machines are maintained
    component.add("categories", ["MAINTENANCE"])
    return component


def _summary(notice: WeekNotice, event: CalendarEvent, language: Language) -> str:
    say = language.words.gettext
    machines, hosts = _touched(notice, event)
    if event.cancelled:
        return say("Cancelled: maintenance in {location}").format(location=notice.location)
    if not machines:
        return say("Maintenance of KVM hosts: {names}").format(names=_some(hosts))
    return say("Maintenance: {names}").format(names=_some(machines))


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


def _some(names: list[str]) -> str:
    rest = len(names) - NAMES_IN_SUMMARY
    return ", ".join(names[:NAMES_IN_SUMMARY]) + (f" + {rest}" if rest > 0 else "")
