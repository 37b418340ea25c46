"""Builds the mail: headers, alternatives of text, HTML and calendar, attachments. The same notice, the same bytes."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import Notice
from mweek_notifier.rendering.calendar_part import CalendarPart
from mweek_notifier.rendering.header import address_header, file_name, ids_header, plain_header, text_header
from mweek_notifier.rendering.occasion import Wording

_MIME_VERSION: Final = b"MIME-Version: 1.0\r\n"
_CALENDAR_HEAD: Final = (
    b'Content-Type: text/calendar; charset="utf-8"; component="VEVENT"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
)

LATEST_REFERENCES = 20
"""Mail readers thread by the last ones; a week with more revisions than that has other problems."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a mail is made of beside its notice."""

    wording: Wording
    language: str
    calendars: tuple[CalendarPart, ...]


def built(notice: Notice, parts: Parts, letterhead: Letterhead, *, message_id: str, dated_at: datetime) -> bytes:
    """Return the whole mail: CRLF line ends, ASCII only, no line longer than 78 characters (ids and file
    names apart).

    Raises:
        UnsafeTextError: a value could break a header.
    """
    headers = [
        address_header("From", letterhead.sender_email, letterhead.sender_name),
        # The address alone: readers that decode a name before they look for addresses would find one in the name.
        address_header("To", notice.contact.email),
        address_header("Reply-To", letterhead.operator_email),
        text_header("Subject", parts.wording.subject),
        plain_header("Date", format_datetime(dated_at)),
        ids_header("Message-ID", [message_id]),
        *_thread(notice.earlier_mails),
        plain_header("Auto-Submitted", "auto-generated"),
        plain_header("X-Auto-Response-Suppress", "OOF, AutoReply"),
        plain_header("List-Id", f"<{notice.location}.maintenance.{letterhead.domain}>"),
        plain_header("Content-Language", parts.language),
    ]
    return "".join(headers).encode("ascii") + _body(parts, notice.key.notice_id)


def _thread(earlier_mails: tuple[str, ...]) -> list[str]:
    if not earlier_mails:
        return []
    kept = [*earlier_mails[:1], *earlier_mails[1:][-LATEST_REFERENCES:]]
    return [ids_header("In-Reply-To", kept[-1:]), ids_header("References", kept)]


def _body(parts: Parts, notice_id: str) -> bytes:
    """Return the parts, beginning with the headers that describe them. A repeat has the same boundaries."""
    # Not by EmailMessage, whose headers parse themselves again with every change: that took half of a mail's time.
    texts = [_text_part("plain", parts.wording.text), _text_part("html", parts.wording.html)]
    # Two different calendars inline confuse readers and tools: with several slots they are attachments only.
    if len(parts.calendars) == 1:
        texts.append(_CALENDAR_HEAD + _base64(parts.calendars[0].content))
    if not parts.calendars:
        return _MIME_VERSION + _multipart("alternative", texts, f"=_{notice_id}-0")
    alternatives = _multipart("alternative", texts, f"=_{notice_id}-1")
    attachments = [_attachment(calendar) for calendar in parts.calendars]
    return _MIME_VERSION + _multipart("mixed", [alternatives, *attachments], f"=_{notice_id}-0")


def _multipart(subtype: str, parts: Sequence[bytes], boundary: str) -> bytes:
    """Join parts; a boundary with 32 hexadecimal digits never occurs in one by chance."""
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    between = f"--{boundary}".encode("ascii")
    return head + b"".join(between + b"\r\n" + part + b"\r\n" for part in parts) + between + b"--\r\n"


def _text_part(subtype: str, text: str) -> bytes:
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    return head.encode("ascii") + b2a_qp(lines.encode(), istext=True)


def _attachment(calendar: CalendarPart) -> bytes:
    head = (
        "Content-Type: application/ics\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment;\r\n filename="{file_name("filename", calendar.filename)}"\r\n\r\n'
    )
    return head.encode("ascii") + _base64(calendar.content)


def _base64(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")
