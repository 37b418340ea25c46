"""The calendar of a mail, read back by a parser."""

from datetime import timedelta

from mweek_notifier.domain.customer_slot import AffectingHost, CustomerSlot
from mweek_notifier.domain.notice import NoticeKind, WeekNotice
from mweek_notifier.rendering.mail import rendered

from tests.support.ids import at
from tests.support.mailbox import ReadMail, read_mail
from tests.support.notifier_values import LETTERHEAD, MESSAGE_ID, NOW, SATURDAY, TUESDAY, event, notice, slot_of


def mail_of(about: WeekNotice) -> ReadMail:
    return read_mail(rendered(about, LETTERHEAD, message_id=MESSAGE_ID, dated_at=NOW).content)


def test_event_reads_back_as_it_was_told() -> None:
    (read,) = mail_of(notice(slot_of(TUESDAY, "acme01"), events=(event(TUESDAY, sequence=3),))).events
    assert {name: read.decoded(name) for name in ("uid", "sequence", "dtstamp", "dtstart", "dtend", "status")} == {
        "uid": event(TUESDAY).uid,
        "sequence": 3,
        "dtstamp": NOW,
        "dtstart": TUESDAY.opens_at,
        "dtend": TUESDAY.closes_at,
        "status": "CONFIRMED",
    }


def test_times_are_written_in_utc_and_lines_are_folded() -> None:
    names = [f"mächine-{number:02d}" for number in range(60)]
    (calendar,) = mail_of(notice(slot_of(TUESDAY, *names))).attachments.values()
    assert b"\r\nDTSTART:20261201T170000Z\r\n" in calendar
    assert b"\r\nDTEND:20261201T220000Z\r\n" in calendar
    assert b"\r\nDTSTAMP:20261123T080000Z\r\n" in calendar
    assert calendar.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))
    assert b"\n" not in calendar.replace(b"\r\n", b"")


def test_there_is_no_method_and_nobody_is_invited() -> None:
    (calendar,) = mail_of(notice(slot_of(TUESDAY, "acme01"))).attachments.values()
    assert b"METHOD" not in calendar
    assert b"ATTENDEE" not in calendar


def test_a_cancelled_event_says_so_and_names_no_machines() -> None:
    gone = notice(kind=NoticeKind.CANCELLED, events=(event(TUESDAY, sequence=1, cancelled=True),))
    (read,) = mail_of(gone).events
    assert (str(read["status"]), str(read["summary"])) == ("CANCELLED", "Cancelled: maintenance in rzob")


def test_summary_names_the_first_machines_and_counts_the_rest() -> None:
    (read,) = mail_of(notice(slot_of(TUESDAY, *[f"acme{number:02d}" for number in range(1, 61)]))).events
    assert str(read["summary"]) == "Maintenance: acme01, acme02, acme03 + 57"


def test_description_names_all_machines_and_the_host_under_them() -> None:
    slot = CustomerSlot(SATURDAY, ("acme09",), (AffectingHost("kyle07", ("acme01", "acme02")),))
    (read,) = mail_of(notice(slot)).events
    assert str(read["description"]) == (
        "Plan rzob/2026-W49/r1, Acme GmbH\nMachines: acme09\nKVM host kyle07; on it: acme01, acme02"
    )


def test_text_that_is_syntax_in_a_calendar_reads_back_as_text() -> None:
    name = 'Acme; GmbH, \\n "x" END:VEVENT'
    (read,) = mail_of(notice(slot_of(TUESDAY, "acme01"), customer_name=name)).events
    assert str(read["description"]).splitlines()[0] == f"Plan rzob/2026-W49/r1, {name}"


def test_an_event_over_the_change_of_clocks_lasts_its_real_hours() -> None:
    night = slot_of(type(TUESDAY)(at("2026-10-24T22:00Z"), at("2026-10-25T03:00Z"), "night"), "acme01")
    (read,) = mail_of(notice(night, week="2026-W43")).events
    assert read.decoded("dtend") - read.decoded("dtstart") == timedelta(hours=5)
