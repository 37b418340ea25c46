"""Times as people read them: in the customer's zone, which is named, with UTC beside it."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mweek_notifier.domain.window import Slot


def _(text: str) -> str:
    """Mark a text for the catalogues; it is translated where it is used."""
    return text


_WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
_SHORT_WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip
_SHORT_MONTHS = (
    _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"),
    _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlotTimes:
    """A slot in words. `utc` is empty where the customer's zone is UTC itself."""

    day: str
    local: str
    zone: str
    utc: str

    @property
    def one_line(self) -> str:
        """All of it, e.g. `Tuesday, 1 December 2026, 18:00–23:00 (Europe/Berlin, UTC+01:00)`."""
        return f"{self.day}, {self.local} ({self.zone})"


class Calendar:
    """Writes dates in one language and one zone."""

    def __init__(self, words: gettext.NullTranslations, timezone: str) -> None:
        """Take the words, and the IANA name of the zone."""
        self._words = words
        self._timezone = timezone
        self._zone = ZoneInfo(timezone)

    def times(self, slot: Slot) -> SlotTimes:
        """Return a slot in words; a slot over a change of the clocks names both offsets."""
        opens, closes = (self._local(instant) for instant in (slot.opens_at, slot.closes_at))
        before, after = _offset(opens), _offset(closes)
        day = self.long_date(opens)
        ends = "" if opens.date() == closes.date() else f" {self.long_date(closes)},"
        if self._timezone == "UTC":
            return SlotTimes(day, _span(f"{opens:%H:%M}", ends, f"{closes:%H:%M}"), "UTC", "")
        if before == after:
            local, zone = _span(f"{opens:%H:%M}", ends, f"{closes:%H:%M}"), f"{self._timezone}, {before}"
        else:
            local, zone = _span(f"{opens:%H:%M} {before}", ends, f"{closes:%H:%M} {after}"), self._timezone
        return SlotTimes(day, local, zone, self._utc(opens, closes))

    def days(self, instants: Iterable[datetime]) -> str:
        """Return the local days from first to last: `1 Dec 2026`, or `30 Nov to 4 Dec 2026`; empty for none."""
        local = sorted(self._local(instant) for instant in instants)
        if not local:
            return ""
        first, last = local[0], local[-1]
        if first.date() == last.date():
            return f"{self.short_date(last)} {last.year}"
        year = "" if first.year == last.year else f" {first.year}"
        return self._words.gettext("{first} to {last}").format(
            first=self.short_date(first) + year, last=f"{self.short_date(last)} {last.year}"
        )

    def long_date(self, day: datetime) -> str:
        """Return a date with its weekday, e.g. `Tuesday, 1 December 2026`."""
        say = self._words.gettext
        return say("{weekday}, {day} {month} {year}").format(
            weekday=say(_WEEKDAYS[day.weekday()]), day=day.day, month=say(_MONTHS[day.month - 1]), year=day.year
        )

    def short_date(self, day: datetime) -> str:
        """Return a date without weekday and year, e.g. `1 Dec`."""
        say = self._words.gettext
        return say("{day} {short_month}").format(day=day.day, short_month=say(_SHORT_MONTHS[day.month - 1]))

    def instant(self, moment: datetime) -> str:
        """Return one instant, e.g. `Tuesday, 1 December 2026, 18:00 (Europe/Berlin, UTC+01:00)`."""
        local = self._local(moment)
        zone = "UTC" if self._timezone == "UTC" else f"{self._timezone}, {_offset(local)}"
        return f"{self.long_date(local)}, {local:%H:%M} ({zone})"

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone)

    def _utc(self, opens: datetime, closes: datetime) -> str:
        """Return the times in UTC, with a date where it differs from the local one."""
        start, end = opens.astimezone(UTC), closes.astimezone(UTC)
        begins = "" if start.date() == opens.date() else f"{self._short_day(start)} "
        ends = "" if start.date() == end.date() else f" {self._short_day(end)}"
        return _span(f"{begins}{start:%H:%M}", ends, f"{end:%H:%M} UTC")

    def _short_day(self, day: datetime) -> str:
        return f"{self._words.gettext(_SHORT_WEEKDAYS[day.weekday()])} {self.short_date(day)}"


def _span(opens: str, between: str, closes: str) -> str:
    return f"{opens} –{between} {closes}" if between or " " in opens else f"{opens}–{closes}"


def _offset(local: datetime) -> str:
    """Return an offset like `UTC+05:45`; names such as `CST` mean different things to different people."""
    return f"UTC{local:%z}"[:6] + ":" + f"{local:%z}"[3:5]
