"""Mails in a maildir."""

from dataclasses import replace
from pathlib import Path

from mweek_notifier.delivery.maildir import Maildir
from mweek_notifier.domain.attempt import Answer
from mweek_notifier.domain.mail import Mail

from tests.support.notifier_values import NOW

MAIL = Mail("0" * 32, "maintenance@mweek.example", "ops@acme.example", NOW, b"Subject: first\r\n\r\nHello\r\n")


async def test_a_mail_lies_in_new_byte_for_byte(tmp_path: Path) -> None:
    outcome = await Maildir(tmp_path / "mail").deliver(MAIL)
    (stored,) = (tmp_path / "mail" / "new").iterdir()
    assert outcome.answer is Answer.ACCEPTED
    assert stored.read_bytes() == MAIL.content
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []


async def test_a_repeat_replaces_the_first_copy(tmp_path: Path) -> None:
    maildir = Maildir(tmp_path)
    await maildir.deliver(MAIL)
    await maildir.deliver(MAIL)
    assert len(list((tmp_path / "new").iterdir())) == 1


async def test_mails_sort_by_date(tmp_path: Path) -> None:
    later_at = NOW.replace(hour=9)
    for mail in (replace(MAIL, notice_id="f" * 32), replace(MAIL, notice_id="1" * 32, dated_at=later_at)):
        await Maildir(tmp_path).deliver(mail)
    assert [path.name[11:12] for path in sorted((tmp_path / "new").iterdir())] == ["f", "1"]


async def test_a_maildir_that_cannot_be_written_is_no_attempt_of_the_mail(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file in the way")
    outcome = await Maildir(tmp_path / "mail").deliver(MAIL)
    assert outcome.answer is Answer.AWAY
    assert str(tmp_path / "mail") in outcome.text
