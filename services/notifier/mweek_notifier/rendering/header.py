"""Guards every text that reaches a mail header. Nothing in a fleet file can add a header or a recipient."""

from __future__ import annotations

import re

_UNSAFE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST_HEADER = 900
"""RFC 5322 allows 998 octets a line; with its name and encoding a header stays well below several of those."""


class UnsafeHeaderError(ValueError):
    """A text must not become part of a header. The record that it comes from has to be corrected."""

    def __init__(self, name: str, text: str, why: str) -> None:
        """Name the header and what is wrong with the text."""
        super().__init__(f"{name}: {text[:80]!r} {why}; correct the record that it comes from")


def safe_header(name: str, text: str) -> str:
    """Return the text if it can be a header's value.

    Contracts refuse the same on import. It is checked again here since a Python before 3.11.10 decodes `=?…?=` inside
    of a value and so lets it add headers.

    Raises:
        UnsafeHeaderError: control characters, line breaks, direction marks, `=?`, or too long.
    """
    if _UNSAFE.search(text):
        raise UnsafeHeaderError(name, text, "has control characters, line breaks or direction marks")
    if "=?" in text:
        raise UnsafeHeaderError(name, text, "has '=?', which starts an encoded word")
    if len(text.encode()) > LONGEST_HEADER:
        raise UnsafeHeaderError(name, text, f"is longer than {LONGEST_HEADER} bytes")
    return text


def shortened(text: str, length: int) -> str:
    """Return the text, cut at so many characters with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
