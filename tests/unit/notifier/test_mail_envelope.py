"""Headers and structure of a mail, read back from its bytes."""

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import Notice, NoticeKey, NoticeKind
from mweek_notifier.rendering.mail import rendered

from tests.support.mailbox import ReadMail, read_mail
from tests.support.notifier_values import LETTERHEAD, MESSAGE_ID, NOW, THURSDAY, TUESDAY, notice, slot_of

ONE = slot_of(TUESDAY, "acme01")
TWO = slot_of(THURSDAY, "acme02")


def mail_of(about: Notice, letterhead: Letterhead = LETTERHEAD) -> ReadMail:
    return read_mail(rendered(about, letterhead, message_id=MESSAGE_ID, dated_at=NOW).content)


def test_headers_are_those_of_an_automatic_notice() -> None:
    assert dict(mail_of(notice(ONE)).message.items()) == {
        "From": "Maintenance Week <maintenance@mweek.example>",
        "To": "ops@acme.example",
        "Reply-To": "operator@mweek.example",
        "Subject": "Maintenance scheduled for Acme GmbH: 1 machine, 1 Dec 2026 [rzob/2026-W49/r1]",
        "Date": "Mon, 23 Nov 2026 08:00:00 +0000",
        "Message-ID": MESSAGE_ID,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "List-Id": "<rzob.maintenance.mweek.example>",
        "Content-Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/mixed; boundary="=_' + notice(ONE).key.notice_id + '-0"',
    }


def test_one_slot_has_its_calendar_inline_and_attached() -> None:
    mail = mail_of(notice(ONE))
    assert mail.structure == (
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    )
    assert mail.inline_calendars == tuple(mail.attachments.values())
    assert list(mail.attachments) == ["rzob-2026-W49-tuesday-1.ics"]


def test_several_slots_have_a_calendar_attached_each_and_none_inline() -> None:
    mail = mail_of(notice(ONE, TWO))
    assert mail.structure == (
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/ics",
        "application/ics",
    )
    assert list(mail.attachments) == ["rzob-2026-W49-tuesday-1.ics", "rzob-2026-W49-thursday-1.ics"]


def test_a_repeat_is_byte_equal() -> None:
    assert mail_of(notice(ONE, TWO)).raw == mail_of(notice(ONE, TWO)).raw


def test_a_later_mail_refers_to_the_earlier_ones() -> None:
    mail = mail_of(notice(ONE, earlier_mails=("<a@mweek.example>", "<b@mweek.example>")))
    assert mail.references == ("<a@mweek.example>", "<b@mweek.example>")
    assert mail.message["In-Reply-To"] == "<b@mweek.example>"


def test_references_keep_the_first_and_the_latest() -> None:
    earlier = tuple(f"<{number:032d}@mweek.example>" for number in range(100))
    assert mail_of(notice(ONE, earlier_mails=earlier)).references == (earlier[0], *earlier[-20:])


def test_lines_end_with_crlf_and_are_short() -> None:
    names = [f"a-machine-with-a-rather-long-name-{number:03d}" for number in range(60)]
    raw = mail_of(notice(slot_of(TUESDAY, *names), customer_name="Müller & Söhne " * 12)).raw
    lines = raw.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(len(line) for line in lines) <= 78
    assert raw.isascii()


@pytest.mark.parametrize(
    "domain",
    [
        "x.example",
        "maintenance.hosting-and-more.long-company-name.example",
        f"{'a' * 63}.{'b' * 63}.{'c' * 40}.example",
    ],
)
def test_long_domains_do_not_break_ids(domain: str) -> None:
    message_id, earlier = f"<{'0' * 32}@{domain}>", tuple(f"<{number:032d}@{domain}>" for number in range(3))
    letterhead = replace(LETTERHEAD, sender_email=f"maintenance@{domain}")
    content = rendered(notice(ONE, earlier_mails=earlier), letterhead, message_id=message_id, dated_at=NOW).content
    mail = read_mail(content)
    assert mail.message_id == message_id
    assert mail.references == earlier
    assert mail.message["From"].addresses[0].addr_spec == f"maintenance@{domain}"
    assert mail.message["List-Id"] == f"<rzob.maintenance.{domain}>"
    assert b"=?" not in content


@pytest.mark.parametrize(
    "name",
    [
        "Müller & Söhne",
        "日本電気" * 20,
        'ACME, Inc. "quoted" <x@evil.example>',
        "a" * 500,
        "word " * 99 + "end",
        "Ünïcödé wörds of vàrying lèngth and sömé plain ones in between " * 5,
        "👩‍💻 " * 40,
    ],
)
def test_subject_reads_back_as_it_was_written(name: str) -> None:
    about = notice(ONE, customer_name=name)
    written = rendered(about, LETTERHEAD, message_id=MESSAGE_ID, dated_at=NOW)
    assert read_mail(written.content).subject == written.subject


def test_a_long_customer_name_is_cut_in_the_subject_and_whole_in_the_text() -> None:
    mail = mail_of(notice(ONE, customer_name="x" * 200))
    assert mail.subject == f"Maintenance scheduled for {'x' * 59}…: 1 machine, 1 Dec 2026 [rzob/2026-W49/r1]"
    assert "x" * 200 in mail.text
    assert "x" * 200 in mail.html


def test_subjects_of_all_kinds_and_revisions_differ() -> None:
    kinds = [NoticeKind.SCHEDULED, NoticeKind.CHANGED, NoticeKind.CANCELLED]
    plans = [f"rzob/2026-W49/r{number}" for number in (1, 2)]
    subjects = {mail_of(notice(ONE, kind=kind, plan_id=plan)).subject for kind in kinds for plan in plans}
    assert len(subjects) == 6


def test_date_is_the_ledgers() -> None:
    dated_at = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    content = rendered(notice(ONE), LETTERHEAD, message_id=MESSAGE_ID, dated_at=dated_at).content
    assert parsedate_to_datetime(str(read_mail(content).message["Date"])) == dated_at


def test_a_contact_whose_language_has_no_catalogue_is_written_to_in_english() -> None:
    mail = mail_of(notice(ONE, contact=Contact("Ops", "ops@acme.example", "de")))
    assert mail.message["Content-Language"] == "en"
    assert '<html lang="en">' in mail.html


def test_notices_of_two_customers_to_one_address_have_keys_of_their_own() -> None:
    key = NoticeKey(plan_id="rzob/2026-W49/r1", customer="acme", email="noc@x.example", kind=NoticeKind.SCHEDULED)
    assert key.notice_id != replace(key, customer="zeta").notice_id
    assert key.notice_id == replace(key, email="NOC@x.example").notice_id
