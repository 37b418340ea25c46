"""One clock for the whole house: services that start seconds apart, or again, must still agree on the time."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

from mweek_timewindows.clock import Clock

from mweek_local.errors import HouseError


def system_time() -> datetime:
    """Return the system's time, aware and UTC; the only place of the house that looks at it."""
    return datetime.now(UTC)


def shared_clock(text: str, *, real_now: datetime) -> str:
    """Return `MWEEK_CLOCK` with the real instant from which it counts; empty, the system's time, stays empty.

    Raises:
        HouseError: the setting is not a clock. Better said once here than by four services in their logs.
    """
    try:
        Clock.parse(text, real_now=lambda: real_now, monotonic=monotonic)
    except ValueError as error:
        raise HouseError(str(error)) from None
    if not text.strip() or "from=" in text:
        return text.strip()
    return f"{text.strip()},from={real_now:%Y-%m-%dT%H:%M:%S.%fZ}"
