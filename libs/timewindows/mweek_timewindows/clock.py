"""The clock of a process: the system's, one that starts at another instant, or one that runs faster.

The only place, beside a service's bootstrap, that turns the running of a real clock into instants.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

FASTEST: Final = 1_000_000
"""A year in half a minute: more would make a poll of a millisecond skip a quarter of an hour."""


class Clock:
    """Tells the time, in UTC.

    Three forms (`MWEEK_CLOCK`): empty for the system's time; `2026-11-23T08:00Z` to stand at that instant when the
    process starts and run as fast as the system's; `2026-11-23T08:00Z,x3600` to run faster. Several processes agree
    when they are told the same real instant at which the clock stood at its start:
    `2026-11-23T08:00Z,x3600,from=2026-03-01T10:15:30.250Z`.
    """

    def __init__(self, *, real_now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        """Tell the system's time; `parse` makes the other forms."""
        self._real_now = real_now
        self._monotonic = monotonic
        self._starts_at: datetime | None = None
        self._started = monotonic()
        self._rate = 1

    @classmethod
    def parse(cls, text: str, *, real_now: Callable[[], datetime], monotonic: Callable[[], float]) -> Clock:
        """Return the clock that a setting describes.

        Args:
            real_now: returns the system's time, aware.
            monotonic: returns seconds that never go back.

        Raises:
            ValueError: a sentence that says what the setting may look like.
        """
        clock = cls(real_now=real_now, monotonic=monotonic)
        if not text.strip():
            return clock
        start, *options = (part.strip() for part in text.split(","))
        clock._starts_at = _instant(start, text)
        for option in options:
            clock._apply(option, text)
        return clock

    def now(self) -> datetime:
        """Return the present instant of this clock, aware and UTC."""
        if self._starts_at is None:
            return self.real_now()
        return self._starts_at + timedelta(seconds=self._monotonic() - self._started) * self._rate

    def real_now(self) -> datetime:
        """Return the system's time, whatever this clock shows: for what concerns transport and not the week."""
        return self._real_now().astimezone(UTC)

    def real_seconds(self, span: timedelta) -> float:
        """Return how many real seconds a span of this clock lasts; 0 for one that is over."""
        return max(0.0, span.total_seconds() / self._rate)

    def _apply(self, option: str, text: str) -> None:
        if found := re.fullmatch(r"x(\d{1,7})", option):
            self._rate = int(found[1])
            if not 1 <= self._rate <= FASTEST:
                raise ValueError(f"MWEEK_CLOCK {text!r}: the rate goes from x1 to x{FASTEST}")
        elif option.startswith("from="):
            passed = self.real_now() - _instant(option.removeprefix("from="), text)
            self._started = self._monotonic() - passed.total_seconds()
        else:
            raise ValueError(_usage(text))


def _instant(part: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(part)
    except ValueError:
        raise ValueError(_usage(text)) from None
    if instant.tzinfo is None:
        raise ValueError(f"MWEEK_CLOCK {text!r}: {part} has no zone; end it with Z for UTC")
    return instant.astimezone(UTC)


def _usage(text: str) -> str:
    return (
        f"MWEEK_CLOCK {text!r} is not a clock: leave it empty for the system's time, or give an instant such as "
        "2026-11-23T08:00Z, with ',x3600' to run 3600 times as fast"
    )
