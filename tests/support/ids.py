"""Ids and instants that a person can read in a failed test."""

from __future__ import annotations

from datetime import UTC, datetime


class ReadableIds:
    """Gives `<prefix>-0001`, `<prefix>-0002`, … in place of random ids."""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix = prefix
        self._given = 0

    def __call__(self) -> str:
        self._given += 1
        return f"{self._prefix}-{self._given:04d}"


def at(text: str) -> datetime:
    """Return the aware UTC instant of a text like `2026-11-23T08:00Z`."""
    return datetime.fromisoformat(text).astimezone(UTC)
