"""Builds the mail: headers, alternatives of text, HTML and calendar, attachments. The same notice, the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final

from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import Notice
from mweek_notifier.rendering.calendar_part import CalendarPart
from mweek_notifier.rendering.header import address_header, ids_header, plain_header, safe_header, text_header
from mweek_notifier.rendering.occasion import Wording

_REMEMBERED_HEADERS: Final = 512
"""Those of some fifty phases; each mail brings two of its own."""


class _Headers(HeaderRegistry):
    """The headers of parts, which are nearly the same in every mail, each parsed once.

    The library makes a new class for each header, and parses it again with each parameter that is added: that was most
    of what a mail cost. Header objects never change.
    """

    def __init__(self) -> None:
        """Remember none yet."""
        super().__init__()
        self._parsed = lru_cache(_REMEMBERED_HEADERS)(super().__call__)

    def __call__(self, name: str, value: str) -> Any:
        """Return a header."""
        return self._parsed(name, value)


_POLICY: Final = SMTP.clone(header_factory=_Headers())

LATEST_REFERENCES = 20
"""Mail readers thread by the last ones; a week with more revisions than that has other problems."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a mail is made of beside its notice."""

    wording: Wording
    language: str
    calendars: tuple[CalendarPart, ...]


def built(notice: Notice, parts: Parts, letterhead: Letterhead, *, message_id: str, dated_at: datetime) -> bytes:
    """Return the whole mail: CRLF line ends, ASCII only, no line longer than 78 characters (ids apart).

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
    """Return the parts, beginning with the headers that describe them."""
    message = EmailMessage(policy=_POLICY)
    _fill(message, parts)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        # A repeat has the same boundaries; 32 hexadecimal digits never occur in a part by chance.
        part.set_boundary(f"=_{notice_id}-{number}")
    for part in message.walk():
        if part is not message:
            del part["MIME-Version"]  # EmailMessage gives it to every part; it belongs to the mail alone
    return message.as_bytes()


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
