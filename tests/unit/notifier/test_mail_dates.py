"""How times are written: the customer's zone by name, with UTC beside it, through every change of clocks."""

import gettext

import pytest
from mweek_notifier.domain.window import Slot
from mweek_notifier.rendering.dates import Calendar, SlotTimes

from tests.support.ids import at


def times(zone: str, opens: str, closes: str) -> SlotTimes:
    return Calendar(gettext.NullTranslations(), zone).times(Slot(at(opens), at(closes), "any"))


def days(zone: str, *instants: str) -> str:
    return Calendar(gettext.NullTranslations(), zone).days(at(instant) for instant in instants)


def test_a_slot_of_one_day() -> None:
    assert times("Europe/Berlin", "2026-12-01T17:00Z", "2026-12-01T22:00Z") == SlotTimes(
        day="Tuesday, 1 December 2026", local="18:00–23:00", zone="Europe/Berlin, UTC+01:00", utc="17:00–22:00 UTC"
    )


def test_a_slot_over_midnight_names_both_days() -> None:
    written = times("Europe/Berlin", "2026-12-01T21:00Z", "2026-12-02T02:00Z")
    assert written.local == "22:00 – Wednesday, 2 December 2026, 03:00"
    assert written.utc == "21:00 – Wed 2 Dec 02:00 UTC"


def test_utc_names_its_day_where_it_is_another() -> None:
    written = times("Pacific/Auckland", "2026-12-01T17:00Z", "2026-12-01T22:00Z")
    assert (written.day, written.local) == ("Wednesday, 2 December 2026", "06:00–11:00")
    assert written.utc == "Tue 1 Dec 17:00 – 22:00 UTC"


def test_a_customer_in_utc_reads_the_time_once() -> None:
    assert times("UTC", "2026-12-01T17:00Z", "2026-12-01T22:00Z") == SlotTimes(
        day="Tuesday, 1 December 2026", local="17:00–22:00", zone="UTC", utc=""
    )


def test_the_repeated_hour_names_both_offsets() -> None:
    written = times("Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T01:30Z")
    assert written.local == "02:30 UTC+02:00 – 02:30 UTC+01:00"
    assert (written.zone, written.utc) == ("Europe/Berlin", "00:30–01:30 UTC")


def test_the_missing_hour_names_both_offsets() -> None:
    written = times("Europe/Berlin", "2027-03-28T00:30Z", "2027-03-28T01:30Z")
    assert written.local == "01:30 UTC+01:00 – 03:30 UTC+02:00"


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/St_Johns", "UTC-03:30"),
        ("Pacific/Kiritimati", "UTC+14:00"),
        ("Africa/Abidjan", "UTC+00:00"),
    ],
)
def test_unusual_offsets_are_written_out(zone: str, offset: str) -> None:
    assert times(zone, "2026-12-01T17:00Z", "2026-12-01T22:00Z").zone == f"{zone}, {offset}"


def test_days_of_a_mail() -> None:
    assert days("Europe/Berlin", "2026-12-01T17:00Z") == "1 Dec 2026"
    assert days("Europe/Berlin", "2026-12-03T17:00Z", "2026-11-30T17:00Z") == "30 Nov to 3 Dec 2026"
    assert days("Europe/Berlin", "2026-12-30T17:00Z", "2027-01-02T17:00Z") == "30 Dec 2026 to 2 Jan 2027"
    assert days("Pacific/Auckland", "2026-12-01T17:00Z") == "2 Dec 2026"
    assert days("Europe/Berlin") == ""
