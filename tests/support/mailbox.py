"""Reads what was mailed: a maildir or raw bytes, back into plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import icalendar


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as its reader gets it."""

    raw: bytes = field(repr=False)
    message: EmailMessage = field(repr=False)

    @property
    def recipient(self) -> str:
        """The one address that it is to; an error when there are more or less."""
        (address,) = self.message["To"].addresses
        found: str = address.addr_spec
        return found

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        """The Message-ID, in its angle brackets."""
        return str(self.message["Message-ID"])

    @property
    def references(self) -> tuple[str, ...]:
        """The Message-IDs that it refers to."""
        return tuple(str(self.message.get("References", "")).split())

    @property
    def text(self) -> str:
        """The plain text, with line ends of this system."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML, with line ends of this system."""
        return self._body("html")

    @property
    def structure(self) -> tuple[str, ...]:
        """The content types of all parts, outermost first."""
        return tuple(part.get_content_type() for part in self.message.walk())

    @property
    def inline_calendars(self) -> tuple[bytes, ...]:
        """Calendars that a reader shows with the text."""
        return tuple(_payload(part) for part in self.message.walk() if part.get_content_type() == "text/calendar")

    @property
    def attachments(self) -> dict[str, bytes]:
        """Attached files by name."""
        return {str(part.get_filename()): _payload(part) for part in self.message.iter_attachments()}

    @property
    def events(self) -> tuple[icalendar.Event, ...]:
        """The one event of each attached calendar."""
        return tuple(event_of(content) for content in self.attachments.values())

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None, f"no {kind} in {self.structure}"
        content: str = part.get_content()
        return content.replace("\r\n", "\n")


def read_mail(raw: bytes) -> ReadMail:
    """Read the bytes of a mail."""
    message = message_from_bytes(raw, _class=EmailMessage, policy=default)  # type: ignore[call-overload]
    assert message.defects == [], message.defects
    return ReadMail(raw, message)


def read_maildir(path: Path) -> list[ReadMail]:
    """Read all delivered mails of a maildir, in the order of their names."""
    return [read_mail(file.read_bytes()) for file in sorted((path / "new").glob("*"))] if path.exists() else []


def event_of(calendar: bytes) -> icalendar.Event:
    """Return the only event of a calendar; an error when it has more."""
    (event,) = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


def _payload(part: object) -> bytes:
    assert isinstance(part, EmailMessage)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload
