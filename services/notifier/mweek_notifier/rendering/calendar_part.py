"""The calendar of a mail: one event per part, which real calendars and their tools accept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from mweek_notifier.domain.calendar_event import CalendarEvent
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import WeekNotice
from mweek_notifier.rendering.language import Language

PRODUCT = "-//Maintenance Week//mweek-notifier//EN"
NAMES_IN_SUMMARY = 3
_LONGEST_PIECE = 74
"""Octets of a folded line; the blank before it makes 75 (RFC 5545, 3.1)."""


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
            content=_calendar(notice, event, language, letterhead, dated_at),
        )
        for event in notice.events
    )


def _calendar(
    notice: WeekNotice, event: CalendarEvent, language: Language, letterhead: Letterhead, dated_at: datetime
) -> bytes:
    """Write the calendar of one event."""
    # By hand, in the order and with the folds of the library `icalendar`, which takes ten times as long; a test holds
    # both together.
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "BEGIN:VEVENT",
        f"SUMMARY:{_escaped(_summary(notice, event, language))}",
        f"DTSTART:{_utc(event.slot.opens_at)}",
        f"DTEND:{_utc(event.slot.closes_at)}",
        f"DTSTAMP:{_utc(dated_at)}",
        f"UID:{_escaped(event.uid)}",
        f"SEQUENCE:{event.sequence}",
        "CATEGORIES:MAINTENANCE",
        f"DESCRIPTION:{_escaped(_description(notice, event, language))}",
        f"LOCATION:{_escaped(notice.location)}",
        f"ORGANIZER:mailto:{letterhead.sender_email}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",  # people may meet while their machines are maintained
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(_folded(line.encode()) + b"\r\n" for line in lines)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Return a text as a value of type TEXT (RFC 5545, 3.3.11)."""
    return text.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,").replace("\n", r"\n")


def _folded(line: bytes) -> bytes:
    """Return a line in pieces of at most 75 octets, never cut inside of a character or behind a backslash."""
    pieces = []
    while len(line) > _LONGEST_PIECE:
        end = _LONGEST_PIECE
        while line[end] & 0xC0 == 0x80:  # in the middle of a character of UTF-8
            end -= 1
        if line[end - 1 : end] == b"\\":
            end -= 1
        pieces.append(line[:end])
        line = line[end:]
    return b"\r\n ".join((*pieces, line))


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
