"""A file as blocks of whole lines, so that no more of it is in memory than is being read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_MARK: Final = b"\xef\xbb\xbf"
_BYTES: Final = 2**14
"""What a block has at least: a hundred lines or two, which stay in the processor's cache until they are columns."""


def blocks_of_lines(path: str) -> Iterator[str]:
    """Yield the text of a file, without its byte-order mark, in blocks of whole lines that all end in a line feed."""
    with open(path, "rb") as file:
        block = file.read(_BYTES).removeprefix(_MARK)
        while block:
            block += file.readline() if not block.endswith(b"\n") else b""
            yield (block if block.endswith(b"\n") else block + b"\n").decode().replace("\r\n", "\n")
            block = file.read(_BYTES)
