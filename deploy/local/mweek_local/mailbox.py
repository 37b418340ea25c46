"""Reads the maildir that the notifier delivers to, and writes a mail as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path


def read_mails(maildir: Path) -> tuple[EmailMessage, ...]:
    """Return all mails of a maildir, sorted by the receiver's address; none where there is no maildir."""
    parser = BytesParser(policy=policy.default)
    mails = [parser.parsebytes(path.read_bytes()) for path in sorted(maildir.glob("new/*"))]
    return tuple(sorted(mails, key=lambda mail: str(mail["To"])))


def mail_text(mail: EmailMessage) -> str:
    """Return a mail as its receiver sees it: headers, the text part whole, the other parts by name and size."""
    return "\n".join((*_headers(mail), "", _body(mail).rstrip(), "", *_other_parts(mail)))


def _headers(mail: EmailMessage) -> Iterator[str]:
    for name, value in mail.items():
        yield f"{name}: {value}"


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else "(no text part)"


def _other_parts(mail: EmailMessage) -> Iterator[str]:
    for part in mail.walk():
        if part.is_multipart() or part is mail.get_body(("plain",)):
            continue
        content = part.get_payload(decode=True)
        size = len(content) if isinstance(content, bytes) else 0
        yield f"[{part.get_content_type()}{_name(part)}, {size:,} bytes]"


def _name(part: object) -> str:
    name = part.get_filename() if isinstance(part, EmailMessage) else None
    return f" {name}" if name else ""
