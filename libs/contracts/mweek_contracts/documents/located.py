"""A document as plain values, with the line of each of its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mweek_contracts.strictness import Place

DEEPEST: Final = 20
"""Levels of nesting: a fleet file has 5, a pattern 7; what is deeper is no document of ours."""

LineTree = tuple[int, "dict[str | int, LineTree]"]
"""The line where a value begins (of its key, where it has one), and the same for its parts."""


@dataclass(frozen=True, slots=True)
class Located:
    """Plain values (dict, list, str, int, float, bool, None), and how to find the line of a place in them."""

    data: object
    line_of: Callable[[Place], int]
    """The line of a place, or of the nearest part around it that the document has."""


def find_line(tree: LineTree, place: Place) -> int:
    """Return the line of a place in a tree of lines, or of what contains it."""
    line, parts = tree
    for part in place:
        if part not in parts:
            break
        line, parts = parts[part]
    return line


def is_too_deep(data: object) -> bool:
    """Tell whether values are nested deeper than any document needs."""
    level = [data]
    for _ in range(DEEPEST):
        level = [
            part
            for value in level
            if isinstance(value, dict | list)
            for part in (value.values() if isinstance(value, dict) else value)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True
