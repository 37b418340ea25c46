"""Leases as they were told: who was let into which window, and when it was over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mweek_auditor.domain.windows.window import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One entry of a machine into a window. Numbers count what was heard of the location, as in `Grant`.

    `left_number` is None while nobody has heard that the machine is up again. `finished`: it left and will not come
    back, the rest of the window is free for others. `overdue`: it was found so, which ends nothing: it may be down.
    """

    lease_id: str
    machine: str
    customer: str | None
    window_id: str
    week: str | None
    revision: int
    entered_at: datetime
    must_end_by: datetime
    position: Position
    number: int
    left_number: int | None = None
    left_at: datetime | None = None
    finished: bool = False
    overdue: bool = False
