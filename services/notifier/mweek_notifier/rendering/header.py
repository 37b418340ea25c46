"""Writes mail headers. Nothing in a fleet file can add a header or a recipient, whatever the Python version.

CPython's own writer of modern headers is not used: it drops blanks between encoded words, and splits a long Message-ID
(seen on 3.11.7). Here a line is folded only where its header says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.header import Header
from email.utils import formataddr

_UNSAFE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
CRLF = "\r\n"
LONGEST_LINE = 76
"""RFC 2047 allows no more for a line with encoded words."""
LONGEST_HEADER = 900
"""RFC 5322 allows 998 octets a line; with its name and encoding a header stays well below several of those."""


class UnsafeTextError(ValueError):
    """A text must not become part of a mail. The record that it comes from has to be corrected."""

    def __init__(self, name: str, text: str, why: str) -> None:
        """Say where the text would stand and what is wrong with it."""
        super().__init__(f"{name}: {text[:80]!r} {why}; correct the record that it comes from")


def safe_text(name: str, text: str) -> str:
    """Return the text if it can stand in a mail at all.

    Contracts refuse the same on import. It is checked again here, since this is where it would do harm.

    Raises:
        UnsafeTextError: control characters, line breaks or direction marks.
    """
    if _UNSAFE.search(text):
        raise UnsafeTextError(name, text, "has control characters, line breaks or direction marks")
    return text


def safe_header(name: str, text: str) -> str:
    """Return the text if it can be a header's value.

    Raises:
        UnsafeTextError: as `safe_text`; or `=?`, which a Python before 3.11.10 decodes inside of a value and so lets
            the value add headers; or too long.
    """
    safe_text(name, text)
    if "=?" in text:
        raise UnsafeTextError(name, text, "has '=?', which starts an encoded word")
    if len(text.encode()) > LONGEST_HEADER:
        raise UnsafeTextError(name, text, f"is longer than {LONGEST_HEADER} bytes")
    return text


def text_header(name: str, text: str) -> str:
    """Return a line (or several, folded) whose value is text that people read; encoded where it is not ASCII."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    value = Header(safe_header(name, text), charset, header_name=name, maxlinelen=LONGEST_LINE)
    return f"{name}: {value.encode(linesep=CRLF)}{CRLF}"


def ids_header(name: str, ids: Sequence[str]) -> str:
    """Return a line whose value are Message-IDs, folded only between them."""
    return f"{name}: {f'{CRLF} '.join(safe_header(name, each) for each in ids)}{CRLF}"


def address_header(name: str, email: str, display_name: str = "") -> str:
    """Return a line whose value is one address."""
    address, shown = safe_header(name, email), safe_header(name, display_name)
    if shown.isascii():
        return f"{name}: {formataddr((shown, address))}{CRLF}"
    encoded = Header(shown, "utf-8", header_name=name, maxlinelen=LONGEST_LINE).encode(linesep=CRLF)
    return f"{name}: {encoded}{CRLF} <{address}>{CRLF}"


def plain_header(name: str, value: str) -> str:
    """Return a line whose value is ASCII and never folded."""
    if not value.isascii():
        raise UnsafeTextError(name, value, "has letters that only texts may have")
    return f"{name}: {safe_header(name, value)}{CRLF}"


def printable(text: str) -> str:
    """Return the text with a blank for each character that must not stand in a mail.

    For what other services say: a finding must reach the operator, whatever is in it.
    """
    return _UNSAFE.sub(" ", text)


def shortened(text: str, length: int) -> str:
    """Return the text, cut at so many characters with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
