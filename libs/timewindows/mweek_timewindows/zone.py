"""A zone as a table of the spans of time in which its distance from UTC does not change.

Within one span wall clock and UTC differ by a constant, so that local times become UTC by subtraction: exact at every
change of the clocks, and several times faster than asking `zoneinfo` for each boundary (its `datetime`s cannot say
that a local time is missing, or that it comes twice).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND

PROBE: Final = 2 * DAY
"""How often a zone is asked for its offset. Two changes closer together than this could hide each other; since 1970 no
two are within six days (tests/unit/timewindows/test_zone.py reads the whole zone database)."""

_STRETCH: Final = 256 * DAY
"""How much of a zone is worked out at once, and kept."""

_EARLIEST: Final = (datetime(1, 1, 3, tzinfo=UTC) - EPOCH) // MICROSECOND
_LATEST: Final = (datetime(9999, 12, 29, tzinfo=UTC) - EPOCH) // MICROSECOND
"""Nearer to the ends of the calendar a local time may not exist: the offset of these instants is taken for it."""


class Span(NamedTuple):
    """A time `[starts, ends)` with one distance from UTC; all three in microseconds, the first two since 1970 UTC."""

    starts: int
    ends: int
    offset: int


class UnknownZoneError(ValueError):
    """The name is no IANA time zone."""

    def __init__(self, name: str) -> None:
        """Say which names would do."""
        super().__init__(f"{name!r} is not an IANA time zone; write one such as 'Europe/Berlin' or 'UTC'")


def check_zone(name: str) -> None:
    """Raise UnknownZoneError unless `name` is a zone that the zone database has."""
    _zone(name)


def spans(name: str, starts: int, ends: int) -> list[Span]:
    """Return the spans of constant offset that make up `[starts, ends)`, in order and without gaps.

    Args:
        name: an IANA zone.
        starts: microseconds since 1970 UTC; `ends` likewise.

    Raises:
        UnknownZoneError: there is no such zone.
    """
    found: list[Span] = []
    for stretch in range(starts // _STRETCH, (ends - 1) // _STRETCH + 1) if starts < ends else ():
        for span in _spans_of(name, stretch):
            if span.ends <= starts or span.starts >= ends:
                continue
            if found and found[-1].offset == span.offset:  # the same goes on in the next stretch
                found[-1] = Span(found[-1].starts, span.ends, span.offset)
            else:
                found.append(span)
    if found:
        found[0] = Span(starts, found[0].ends, found[0].offset)
        found[-1] = Span(found[-1].starts, ends, found[-1].offset)
    return found


def microseconds(instant: datetime) -> int:
    """Return an aware datetime as microseconds since 1970 UTC."""
    return (instant - EPOCH) // MICROSECOND


@lru_cache(maxsize=600)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    # A directory of the database, an absolute path, a name with NUL or of 300 characters: each fails in its own way.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZoneError(name) from None


@lru_cache(maxsize=4_096)
def _spans_of(name: str, stretch: int) -> tuple[Span, ...]:
    zone = _zone(name)
    starts, end = stretch * _STRETCH, (stretch + 1) * _STRETCH
    offset = _offset(zone, starts)
    found: list[Span] = []
    for probe in range(starts + PROBE, end + PROBE, PROBE):
        if _offset(zone, probe) != offset:
            change = _change(zone, probe - PROBE, probe)
            found.append(Span(starts, change, offset))
            starts, offset = change, _offset(zone, change)
    found.append(Span(starts, end, offset))
    return tuple(found)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first whole second at which the offset is no longer that of `before`, by halving."""
    offset = _offset(zone, before)
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, instant: int) -> int:
    exists = EPOCH + min(max(instant, _EARLIEST), _LATEST) * MICROSECOND
    offset = exists.astimezone(zone).utcoffset()
    assert offset is not None  # a ZoneInfo always knows
    return offset // MICROSECOND
