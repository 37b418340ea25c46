"""Gets the text of a document: from a file or given, of bounded size, in UTF-8."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from mweek_contracts.documents.problem import ProblemLog
from mweek_contracts.rules import MEBIBYTE

Source = str | os.PathLike[str] | tuple[str, str]
"""A path, or (name, text); the suffix of the path or name says the format."""

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document before it is understood; `name` is what its errors call it."""

    name: str
    suffix: str
    text: str

    def log(self) -> ProblemLog:
        """Return a place to collect what is wrong with it."""
        return ProblemLog(self.name)


def read_source(source: Source, largest: Mapping[str, int]) -> SourceText:
    """Return the text of a document without its byte-order mark.

    Args:
        largest: bytes that a document may have, by suffix; other suffixes are refused.

    Raises:
        DocumentError: not readable, of unknown suffix, too large or not UTF-8.
    """
    name = source[0] if isinstance(source, tuple) else os.fspath(source)
    log = ProblemLog(name)
    suffix = PurePath(name).suffix.lower()
    if suffix not in largest:
        log.add(f"its name ends in {suffix!r}, not in one of {', '.join(largest)}: the ending says how to read it")
        raise log.error()
    content = source[1].encode(errors="surrogatepass") if isinstance(source, tuple) else _read(name, largest[suffix])
    if isinstance(content, str):
        log.add(content)
        raise log.error()
    if len(content) > largest[suffix]:
        log.add(_too_large(suffix, largest))
        raise log.error()
    return SourceText(name, suffix, _decode(content, log))


def _read(name: str, limit: int) -> bytes | str:
    """Return the bytes, one more than the limit at most, or a sentence why not."""
    try:
        with Path(name).open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except ValueError as error:  # a NUL in the name
        return f"cannot be read: {error}"


def _too_large(suffix: str, largest: Mapping[str, int]) -> str:
    text = f"is larger than {largest[suffix] // MEBIBYTE} MiB"
    larger = [other for other, limit in largest.items() if limit > largest[suffix]]
    return text + (f": {' or '.join(larger)} may be larger" if larger else "")


def _decode(content: bytes, log: ProblemLog) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "; it looks like UTF-16, save it as UTF-8" if content.startswith(_UTF16) else ""
        line = content.count(b"\n", 0, error.start) + 1
        log.add(f"is not UTF-8: byte 0x{content[error.start]:02x}{hint}", line=line)
        raise log.error() from None
