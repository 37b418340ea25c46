"""Builds the mail: headers, alternatives of text, HTML and calendar, attachments. The same notice, the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import Notice
from mweek_notifier.rendering.calendar_part import CalendarPart
from mweek_notifier.rendering.header import safe_header
from mweek_notifier.rendering.occasion import Wording

LATEST_REFERENCES = 20
"""Mail readers thread by the last ones; a week with more revisions than that has other problems."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a mail is made of beside its notice."""

    wording: Wording
    language: str
    calendars: tuple[CalendarPart, ...]


def built(notice: Notice, parts: Parts, letterhead: Letterhead, *, message_id: str, dated_at: datetime) -> bytes:
    """Return the whole mail: CRLF line ends, ASCII only, no line longer than 78 characters.

    Raises:
        UnsafeHeaderError: a value could break a header.
    """
    message = EmailMessage(policy=SMTP)
    _address(message, notice, letterhead)
    message["Subject"] = safe_header("Subject", parts.wording.subject)
    message["Date"] = dated_at
    message["Message-ID"] = safe_header("Message-ID", message_id)
    _thread(message, notice.earlier_mails)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message["List-Id"] = safe_header("List-Id", f"<{notice.location}.maintenance.{letterhead.domain}>")
    message["Content-Language"] = parts.language
    _fill(message, parts)
    for part in message.walk():
        if part is not message:
            del part["MIME-Version"]  # EmailMessage gives it to every part; it belongs to the mail alone
    _pin_boundaries(message, notice.key.notice_id)
    return message.as_bytes()


def _address(message: EmailMessage, notice: Notice, letterhead: Letterhead) -> None:
    sender = safe_header("From", letterhead.sender_name)
    message["From"] = Address(sender, addr_spec=safe_header("From", letterhead.sender_email))
    # The contact's name stands in the greeting only: CPython before 3.11.11 loses the quotes of long names when it
    # folds this header, and a name such as `a@b.example, Acme` would then become a second recipient.
    message["To"] = Address(addr_spec=safe_header("To", notice.contact.email))
    message["Reply-To"] = Address(addr_spec=safe_header("Reply-To", letterhead.operator_email))


def _thread(message: EmailMessage, earlier_mails: Sequence[str]) -> None:
    if earlier_mails:
        kept = [*earlier_mails[:1], *earlier_mails[1:][-LATEST_REFERENCES:]]
        message["In-Reply-To"] = safe_header("In-Reply-To", kept[-1])
        message["References"] = " ".join(safe_header("References", mail) for mail in kept)


def _fill(message: EmailMessage, parts: Parts) -> None:
    message.set_content(parts.wording.text, cte="quoted-printable")
    message.add_alternative(parts.wording.html, subtype="html", cte="quoted-printable")
    # Two different calendars inline confuse readers and tools: with several slots they are attachments only.
    if len(parts.calendars) == 1:
        message.add_alternative(
            parts.calendars[0].content,  # as bytes: the way for text would turn CRLF into LF
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"charset": "utf-8", "component": "VEVENT"},
        )
    for calendar in parts.calendars:
        message.add_attachment(
            calendar.content,
            maintype="application",
            subtype="ics",
            filename=safe_header("filename", calendar.filename),
        )


def _pin_boundaries(message: EmailMessage, notice_id: str) -> None:
    """Give each multipart a boundary of its own that a repeat has too; 32 hexadecimal digits never occur by chance."""
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{notice_id}-{number}")
