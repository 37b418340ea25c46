"""A mail is shown as its receiver sees it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from mweek_local.mailbox import mail_text, read_mails


def mail(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Maintenance <mweek@operator.example>"
    message["To"] = to
    message["Subject"] = "Wartung für Müller: 2 Systeme"
    message.set_content("Guten Tag,\n\nweb01: Montag, 30. November\n")
    message.add_alternative("<p>web01</p>", subtype="html")
    message.add_attachment(
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", maintype="application", subtype="ics", filename="m.ics"
    )
    return message


def deliver(maildir: Path, *mails: EmailMessage) -> None:
    (maildir / "new").mkdir(parents=True)
    for number, one in enumerate(mails):
        (maildir / "new" / f"{number}.mail").write_bytes(one.as_bytes())


def test_mails_come_sorted_by_receiver(tmp_path: Path) -> None:
    deliver(tmp_path, mail("ops@globex.example"), mail("ops@acme.example"))

    assert [str(one["To"]) for one in read_mails(tmp_path)] == ["ops@acme.example", "ops@globex.example"]


def test_no_maildir_holds_no_mail(tmp_path: Path) -> None:
    assert read_mails(tmp_path / "mail") == ()


def test_mail_is_shown_with_headers_text_and_the_names_of_its_other_parts(tmp_path: Path) -> None:
    deliver(tmp_path, mail("ops@acme.example"))

    (one,) = read_mails(tmp_path)

    assert mail_text(one) == (
        "From: Maintenance <mweek@operator.example>\n"
        "To: ops@acme.example\n"
        "Subject: Wartung für Müller: 2 Systeme\n"
        "MIME-Version: 1.0\n"
        f"Content-Type: {one['Content-Type']}\n"
        "\n"
        "Guten Tag,\n\nweb01: Montag, 30. November\n"
        "\n"
        "[text/html, 13 bytes]\n"
        "[application/ics m.ics, 32 bytes]"
    )
