"""What mails about single windows say, and that nothing in them can do harm."""

from __future__ import annotations

import pytest
from mweek_notifier.domain.window_news import News, WindowItem
from mweek_notifier.rendering.header import UnsafeTextError
from mweek_notifier.rendering.mail import rendered

from tests.support.mailbox import ReadMail, read_mail
from tests.support.notifier_values import LETTERHEAD, MESSAGE_ID, NOW, TUESDAY, later, window_item, window_notice


def mail(*items: WindowItem, **fields: object) -> ReadMail:
    notice = window_notice(*items, **fields)
    return read_mail(rendered(notice, LETTERHEAD, message_id=MESSAGE_ID, dated_at=NOW).content)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("requested", "It is not needed any more."),
        ("retired", "The machine is no longer in service."),
        ("missed", "It was not begun in time, and nothing was done."),
        ("no_acceptable_time", "leaves no time for it."),
        ("joined_week", "It is done within the maintenance week instead"),
        ("not-concerned", "It does not concern these machines any more."),
        ("a-code-of-tomorrow", "It will not take place."),
    ],
)
def test_why_a_window_is_gone_is_told_in_words(reason: str, words: str) -> None:
    told = mail(window_item(news=News.WITHDRAWN, withdrawn=reason))
    assert words in " ".join(told.text.split())
    assert words in " ".join(told.html.split())


def test_a_window_that_is_gone_leaves_the_calendar() -> None:
    (event,) = mail(window_item(news=News.WITHDRAWN, revision=4, withdrawn="missed")).events
    assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 4)


@pytest.mark.parametrize(
    ("items", "subject"),
    [
        ((window_item(),), "Maintenance of acme01: 1 Dec 2026"),
        ((window_item(), window_item("acme02")), "Maintenance of 2 machines of Acme GmbH: 1 Dec 2026"),
        ((window_item(urgent=True),), "Urgent: Maintenance of acme01: 1 Dec 2026"),
        ((window_item(news=News.CHANGED),), "Maintenance changed for acme01: 1 Dec 2026"),
        ((window_item(news=News.WITHDRAWN),), "Maintenance cancelled for acme01: 1 Dec 2026"),
        ((window_item(), window_item("acme02", news=News.WITHDRAWN)), "Maintenance times of Acme GmbH: 1 Dec 2026"),
        ((window_item("kyle07", own=False, hosted=("acme01",)),), "Maintenance of acme01: 1 Dec 2026"),
    ],
)
def test_the_subject_says_what_is_new_and_is_unique(items: tuple[WindowItem, ...], subject: str) -> None:
    told, _, reference = mail(*items).subject.rpartition(" [")
    assert told == subject
    assert reference == f"rzob/{window_notice(*items).key.notice_id[:8]}]"


def test_an_urgent_window_says_that_the_notice_was_not_waited_for() -> None:
    assert "cannot wait for the 48 hours of notice" in " ".join(mail(window_item(urgent=True)).text.split())
    assert "of notice" not in mail(window_item(urgent=True), notice_hours=0).text


def test_where_only_some_are_urgent_each_says_so() -> None:
    both = mail(window_item(urgent=True), window_item("acme02", slot=later(TUESDAY, days=1)))
    assert both.text.count("\n    urgent\n") == 1
    assert "\n    urgent\n" not in mail(window_item(urgent=True)).text


def test_a_reboot_that_comes_newly_is_said_where_the_time_is_as_it_was() -> None:
    changed = mail(window_item(news=News.CHANGED, reboots=True, newly_reboots=True, downtime_minutes=10))
    assert "new: the machine is restarted" in changed.text


def test_machines_that_share_time_and_story_share_a_paragraph() -> None:
    text = mail(window_item(), window_item("acme02"), window_item("acme03", reasons=("Disk",))).text
    assert "    acme01, acme02\n" in text
    assert "    acme03\n    for: Disk\n" in text


def test_each_window_has_a_calendar_of_its_own_and_one_alone_is_shown_with_the_text() -> None:
    assert len(mail(window_item()).inline_calendars) == 1
    several = mail(window_item(), window_item("acme02"))
    assert (len(several.inline_calendars), len(several.events)) == (0, 2)


def test_what_a_machine_gives_as_its_reason_is_text_everywhere() -> None:
    told = mail(window_item(reasons=("<script>alert(1)</script>; {{ 7 * 7 }}",)))
    assert "<script>" not in told.html
    assert "&lt;script&gt;" in told.html
    assert "for: <script>alert(1)</script>; {{ 7 * 7 }}" in told.text


def test_a_reason_that_could_break_a_mail_makes_none() -> None:
    with pytest.raises(UnsafeTextError):
        mail(window_item(reasons=("Kernel\r\nBcc: everybody@acme.example",)))
