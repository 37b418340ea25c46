"""The window: a half-open span of time `[opens_at, closes_at)` in UTC, and what can be asked of one or several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A span `[opens_at, closes_at)`: the instant it opens belongs to it, the instant it closes does not.

    Two aware datetimes of any offset, kept as UTC. Windows sort by opening, then by closing.

    Raises:
        ValueError: a datetime is naive, or the window does not close after it opens.
    """

    opens_at: datetime
    closes_at: datetime

    def __post_init__(self) -> None:
        """Bring both ends to UTC and refuse a window without length."""
        if self.opens_at.tzinfo is not UTC:
            object.__setattr__(self, "opens_at", in_utc(self.opens_at, "opens_at"))
        if self.closes_at.tzinfo is not UTC:
            object.__setattr__(self, "closes_at", in_utc(self.closes_at, "closes_at"))
        if self.closes_at <= self.opens_at:
            raise ValueError(
                f"closes_at {self.closes_at.isoformat()} is not after opens_at {self.opens_at.isoformat()}"
            )

    def __str__(self) -> str:
        """Return what a person reads in logs and errors, e.g. `2026-11-23T09:00Z to 2026-11-23T13:00Z`."""
        return f"{_readable(self.opens_at)} to {_readable(self.closes_at)}"

    @property
    def length(self) -> timedelta:
        """Real time between opening and closing; always positive."""
        return self.closes_at - self.opens_at

    def contains(self, instant: datetime) -> bool:
        """Return whether an aware instant lies in the window."""
        return self.opens_at <= instant < self.closes_at

    def covers(self, other: Window) -> bool:
        """Return whether the whole of the other window lies in this one."""
        return self.opens_at <= other.opens_at and other.closes_at <= self.closes_at

    def overlaps(self, other: Window) -> bool:
        """Return whether the windows share any time; windows that only touch do not."""
        return self.opens_at < other.closes_at and other.opens_at < self.closes_at

    def touches(self, other: Window) -> bool:
        """Return whether one window opens at the very instant at which the other closes."""
        return self.opens_at == other.closes_at or other.opens_at == self.closes_at

    def intersection(self, other: Window) -> Window | None:
        """Return the time that both windows share, or None where they share none."""
        if not self.overlaps(other):
            return None
        return Window(max(self.opens_at, other.opens_at), min(self.closes_at, other.closes_at))


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the same time as the fewest windows, sorted: those that overlap or touch become one."""
    union: list[Window] = []
    for window in sorted(windows):
        if union and window.opens_at <= union[-1].closes_at:
            if window.closes_at > union[-1].closes_at:
                union[-1] = Window(union[-1].opens_at, window.closes_at)
        else:
            union.append(window)
    return tuple(union)


def without(windows: Iterable[Window], taken: Iterable[Window]) -> tuple[Window, ...]:
    """Return the time of `windows` that none of `taken` overlaps, as the fewest windows, sorted."""
    left = list(merged(windows))
    for hole in merged(taken):
        left = [piece for window in left for piece in _pieces(window, hole)]
    return tuple(left)


def in_utc(value: datetime, name: str = "the instant") -> datetime:
    """Return an aware datetime in UTC.

    Raises:
        ValueError: it is naive, which would mean a different instant on each machine, or lies outside the years 1 to
            9999 in UTC.
    """
    if value.utcoffset() is None:
        raise ValueError(f"{name} {value.isoformat()} is naive: give it a zone, e.g. datetime(…, tzinfo=UTC)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{name} {value.isoformat()} lies outside the years 1 to 9999 in UTC") from None


def _pieces(window: Window, hole: Window) -> list[Window]:
    if not window.overlaps(hole):
        return [window]
    pieces = []
    if window.opens_at < hole.opens_at:
        pieces.append(Window(window.opens_at, hole.opens_at))
    if hole.closes_at < window.closes_at:
        pieces.append(Window(hole.closes_at, window.closes_at))
    return pieces


def _readable(instant: datetime) -> str:
    shape = "%Y-%m-%dT%H:%MZ" if not (instant.second or instant.microsecond) else "%Y-%m-%dT%H:%M:%S.%fZ"
    return instant.strftime(shape)
