"""A location's policy for window requests, and the length of a window by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from mweek_planner.domain.machine import STEP_MINUTES

_WHOLE: Final = 100

_BOUNDS: Final = {
    "capacity": (1, 2**31 - 1),
    "padding_percent": (0, 1_000),
    "minimum_minutes": (0, 7 * 24 * 60),
    "preparation_minutes": (0, 7 * 24 * 60),
    "horizon_days": (1, 400),
}
"""Beyond them a number is a slip of the finger; a horizon of years would make every question slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How windows of a location are measured, and how many may be open at once.

    `capacity` None: any number. Preparation is what entering and draining take beside the estimate; the padding is for
    what goes wrong. The defaults are the design's; `horizon_days` is how far ahead windows are looked for.

    Raises:
        ValueError: a number is out of its bounds.
    """

    capacity: int | None = None
    padding_percent: int = 25
    minimum_minutes: int = 15
    preparation_minutes: int = 5
    horizon_days: int = 60

    def __post_init__(self) -> None:
        """Refuse what would let nothing in, make windows shorter than their work, or cost too much."""
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f"{name} is {value}, not between {least} and {most}")

    @property
    def horizon(self) -> timedelta:
        """How far ahead a window has to be over."""
        return timedelta(days=self.horizon_days)

    def work(self, estimated_minutes: int) -> timedelta:
        """Return what a machine needs between entering and leaving, nothing going wrong."""
        return timedelta(minutes=estimated_minutes + self.preparation_minutes)

    def steps(self, estimated_minutes: int) -> int:
        """Return how many steps its window has: max(minimum, estimate + preparation) plus padding, rounded up."""
        hundredths = max(self.minimum_minutes, estimated_minutes + self.preparation_minutes) * (
            _WHOLE + self.padding_percent
        )
        return max(1, -(-hundredths // (_WHOLE * STEP_MINUTES)))

    def length(self, estimated_minutes: int) -> timedelta:
        """Return how long its window is."""
        return timedelta(minutes=self.steps(estimated_minutes) * STEP_MINUTES)
