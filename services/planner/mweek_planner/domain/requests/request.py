"""What a machine asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRequest:
    """A wish for a window in which `machine` may be down for `estimated_minutes`.

    The window opens at `not_before` at the soonest and is over by `deadline`; both aware, None where the machine does
    not care. `urgent` sets the customer's notice hours aside. `reboot` says that the activities restart the machine.

    Raises:
        ValueError: the estimate is negative.
    """

    machine: str
    request_id: str
    estimated_minutes: int
    reason: str = ""
    activities: tuple[str, ...] = ()
    not_before: datetime | None = None
    deadline: datetime | None = None
    urgent: bool = False
    reboot: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no downtime."""
        if self.estimated_minutes < 0:
            raise ValueError(f"estimated_minutes is {self.estimated_minutes}: a downtime is not negative")
