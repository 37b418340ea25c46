"""What a mail says, case by case; whole mails are in `golden/`."""

import pytest
from mweek_notifier.domain.customer_slot import AffectingHost, CustomerSlot
from mweek_notifier.domain.difference import Change, ChangeKind
from mweek_notifier.domain.finding import Finding
from mweek_notifier.domain.notice import FindingNotice, Notice, NoticeKind
from mweek_notifier.domain.override import AppliedOverride, Rule
from mweek_notifier.rendering.mail import rendered

from tests.support.mailbox import ReadMail, read_mail
from tests.support.notifier_values import LETTERHEAD, MESSAGE_ID, NOW, OPS, SATURDAY, THURSDAY, TUESDAY, notice, slot_of

HOSTED = CustomerSlot(SATURDAY, (), (AffectingHost("kyle07", ("acme01",)),))
GONE = Change(ChangeKind.WITHDRAWN, ("acme02",), THURSDAY, None, reason="cancelled")


def mail_of(about: Notice) -> ReadMail:
    return read_mail(rendered(about, LETTERHEAD, message_id=MESSAGE_ID, dated_at=NOW).content)


def words(text: str) -> str:
    """Line breaks are where they fall."""
    return " ".join(text.split())


def test_one_machine_is_spoken_of_as_one() -> None:
    mail = mail_of(notice(slot_of(TUESDAY, "acme01")))
    assert "we maintain 1 machine of Acme GmbH in rzob." in words(mail.text)
    assert "The calendar file attached puts the slot into your calendar" in words(mail.text)
    assert "machines" not in mail.subject


def test_a_customer_with_machines_only_on_a_host_is_told_of_the_host() -> None:
    mail = mail_of(notice(HOSTED))
    assert mail.subject == (
        "Maintenance scheduled for Acme GmbH: the host under 1 machine, 5 Dec 2026 [rzob/2026-W49/r1]"
    )
    assert "we maintain the KVM host under 1 machine of Acme GmbH in rzob." in words(mail.text)
    assert "may be interrupted, since their KVM host is maintained: kyle07: acme01" in words(mail.text)
    assert "Each machine is updated" not in mail.text


def test_a_customer_without_machines_on_hosts_reads_nothing_of_hosts() -> None:
    assert "KVM" not in mail_of(notice(slot_of(TUESDAY, "acme01"))).text


def test_notice_that_was_too_short_is_told_with_its_reason() -> None:
    override = AppliedOverride(Rule.NOTICE, "security fix", notice_hours=48)
    mail = mail_of(notice(slot_of(TUESDAY, "acme01"), overrides=(override,)))
    for text in (mail.text, mail.html):
        assert "you are told later than the 48 hours of notice that you asked for." in words(text)
        assert "The reason given for it: security fix" in words(text)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("retired", "It is no longer in service."),
        ("blackout", "Your blackout leaves no time for it in this week."),
        ("redundancy", "The machines that stand in for it leave no time for it in this week."),
        ("notice", "Your notice period leaves no time for it in this week."),
        ("too-long", "It needs more time than this week can give it."),
        ("no-phase", "There is no time for it in this week."),
        ("a-code-of-tomorrow", "There is no time for it in this week."),
    ],
)
def test_a_withdrawal_says_why(code: str, sentence: str) -> None:
    change = Change(ChangeKind.WITHDRAWN, ("acme02",), THURSDAY, None, reason=code)
    mail = mail_of(notice(slot_of(TUESDAY, "acme01"), kind=NoticeKind.CHANGED, changes=(change,)))
    assert sentence in words(mail.text)
    assert sentence in words(mail.html)


def test_a_change_that_was_taken_back_is_told_as_such() -> None:
    mail = mail_of(notice(slot_of(TUESDAY, "acme01"), kind=NoticeKind.CHANGED))
    assert "was taken back before we told you of it. All slots are as in our last mail:" in words(mail.text)
    assert "WHAT HAS CHANGED" not in mail.text


def test_a_cancellation_lists_what_is_gone_and_what_had_begun() -> None:
    moved = Change(ChangeKind.MOVED, ("acme01",), THURSDAY, TUESDAY)
    added = Change(ChangeKind.ADDED, ("acme03",), None, TUESDAY)
    about = notice(
        slot_of(TUESDAY, "acme01", "acme03"),
        kind=NoticeKind.CANCELLED,
        changes=(moved, added, GONE),
        cancel_reason="no",
    )
    mail = mail_of(about)
    gone, _, stays = mail.text.partition("NOT CANCELLED, SINCE THEY HAD BEGUN")
    assert "the rest of the maintenance of machines of Acme GmbH in rzob" in words(gone)
    assert ("acme02" in gone, "acme01" in gone, "acme01, acme03" in stays) == (True, False, True)
    assert "Not cancelled, since they had begun" in mail.html


def test_a_cancellation_without_slots_promises_that_nothing_happens() -> None:
    mail = mail_of(notice(kind=NoticeKind.CANCELLED, changes=(GONE,), cancel_reason="The update is not ready"))
    assert "is cancelled. Nothing will happen to them in that week." in words(mail.text)
    assert "The reason given for it: The update is not ready" in mail.text
    assert "is a time impossible for you" not in mail.text


def test_a_mail_about_very_many_findings_lists_the_first_hundred() -> None:
    findings = tuple(Finding("quota", f"m{number:03d}", "text") for number in range(500))
    about = FindingNotice(
        plan_id="rzob/2026-W49/r1",
        revision=1,
        location="rzob",
        week="2026-W49",
        contact=OPS,
        audit_id="audit-1",
        occasion="revision",
        audited_at=NOW,
        machines=900,
        windows=900,
        findings=findings,
        total=700,
    )
    mail = mail_of(about)
    assert "failed: 700 findings (quota)" in mail.subject
    assert "Listed are 100 of 700 findings." in mail.text
    assert ("m099" in mail.text, "m100" in mail.text) == (True, False)


def test_html_is_a_document_that_a_screen_reader_can_read() -> None:
    html = mail_of(notice(slot_of(TUESDAY, "acme01"), HOSTED)).html
    assert html.startswith('<!DOCTYPE html><html lang="en">')
    assert "<title>Maintenance scheduled</title>" in html
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 2
    assert html.index('<meta charset="utf-8">') < 200


def test_html_carries_its_style_inline_and_loads_nothing() -> None:
    html = mail_of(notice(slot_of(TUESDAY, "acme01"))).html
    assert '<body style="margin: 0;' in html
    assert html.count("<style") == 1
    assert "@media (prefers-color-scheme: dark)" in html
    for word in ("http://", "https://", "<img", "<link", "<script", "url("):
        assert word not in html
