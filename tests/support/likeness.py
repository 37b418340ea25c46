"""Compares what was known with what is known, value by value, and names every difference by its place."""

from __future__ import annotations

from typing import Any


def unlike(frozen: Any, now: Any, place: str = "") -> list[str]:
    """Return where what is known now differs from what was; more fields than there were are no difference.

    Names that begin with an underscore are a class's own affair: the next release may reckon in another way.
    """
    if isinstance(frozen, dict) and isinstance(now, dict):
        public = (name for name in frozen if not name.startswith("_"))
        return [line for name in public for line in unlike(frozen[name], now.get(name), f"{place}.{name}")]
    if isinstance(frozen, list) and isinstance(now, list) and len(frozen) == len(now):
        pairs = enumerate(zip(frozen, now, strict=True))
        return [line for number, pair in pairs for line in unlike(*pair, f"{place}[{number}]")]
    return [] if frozen == now else [f"{place}: was {frozen!r}, is {now!r}"]
