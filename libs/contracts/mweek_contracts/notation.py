"""How a pattern writes shares, openings and lengths: `12.5%`, `tue 17:00`, `4h30m`. Standard library only."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from mweek_contracts.rules import WEEKDAYS

BASIS_POINTS: Final = 10_000
SHORTEST_PHASE: Final = timedelta(minutes=15)

OPENS: Final = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):([0-5][0-9])")
LASTS: Final = re.compile(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?")
SHARE: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?%")


def basis_points(share: str) -> int:
    """Return hundredths of a percent of a text like `30%` or `12.5%`; integers only, 1 to 10,000.

    Raises:
        ValueError: it is no percentage above 0 and up to 100 with at most two decimals.
    """
    found = SHARE.fullmatch(share)
    points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < points <= BASIS_POINTS:
        raise ValueError(f"{share!r} is not a percentage such as 30% or 12.5%, above 0% and at most 100%")
    return points


def opens_offset(opens: str) -> timedelta:
    """Return the time since Monday 00:00 UTC of a text like `tue 17:00`; raises ValueError where it is none."""
    found = OPENS.fullmatch(opens)
    if not found:
        raise ValueError(f"{opens!r} is not a day and UTC time such as 'tue 17:00'")
    return timedelta(days=WEEKDAYS.index(found[1]), hours=int(found[2]), minutes=int(found[3]))


def length(lasts: str) -> timedelta:
    """Return the length of a text like `4h`, `90m` or `4h30m`; raises ValueError below 15 minutes or above 7 days."""
    found = LASTS.fullmatch(lasts)
    if not lasts or not found:
        raise ValueError(f"{lasts!r} is not a length such as 4h, 90m or 4h30m")
    value = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    if not SHORTEST_PHASE <= value <= timedelta(days=7):
        raise ValueError(f"{lasts!r} is not between 15 minutes and 7 days")
    return value
