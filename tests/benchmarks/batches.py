"""Synthetic batches of window requests of any size: customers with calendars in several zones, and what machines ask.

The same size and seed give the same batch. A fifth of the customers' machines have a redundancy peer, as in the fleets
of the other benchmarks.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.requests import Case, Policy, WindowRequest
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow

from tests.benchmarks.synthetic import synthetic_fleet

NOW: Final = datetime(2026, 10, 5, 8, tzinfo=UTC)
"""Three weeks before clocks change in Europe, four before they do in America."""

MACHINES_PER_REQUEST: Final = 0.7
REQUESTS_AT_ONCE: Final = 150
"""For so many requests of a batch the location takes one machine at once."""
MACHINES_AT_ONCE: Final = 25
"""For so many machines a customer lets one be down at once."""

ZONES: Final = (
    "Europe/Berlin",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Tokyo",
)
WORKDAYS: Final = WEEKDAYS[:5]
WEEKLY: Final = (
    (WeeklyWindow(WEEKDAYS, "22:00", "05:00"),),
    (WeeklyWindow(WORKDAYS, "20:00", "24:00"),),
    (WeeklyWindow(("sat", "sun"), "06:00", "18:00"),),
    (WeeklyWindow(("tue", "thu"), "01:00", "05:00"), WeeklyWindow(("sun",), "02:00", "08:00")),
    (WeeklyWindow(("sun",), "00:30", "06:30"),),
)
ESTIMATES: Final = (5, 10, 10, 15, 20, 30, 45, 60, 90, 120)


@dataclass(frozen=True, slots=True)
class SyntheticBatch:
    """Cases in the order in which they were asked, all at `NOW` and under one policy."""

    cases: Sequence[Case]
    policy: Policy


def synthetic_batch(requests: int, *, seed: int = 1) -> SyntheticBatch:
    """Return a batch of exactly so many requests."""
    dice = random.Random(f"{requests}/{seed}")
    fleet = synthetic_fleet(max(20, round(requests * MACHINES_PER_REQUEST)), seed=seed)
    machines = [row for row in fleet.machines if row["customer"]]
    sizes = Counter(row["customer"] for row in machines)
    customers = {name: _customer(dice, name, machines=sizes[name]) for name in fleet.customers}
    policy = Policy(capacity=max(2, requests // REQUESTS_AT_ONCE))
    cases = []
    for number in range(requests):
        row = dice.choice(machines)
        cases.append(
            Case(
                request=_request(dice, row["name"], f"r{number:06d}"),
                customer=customers[row["customer"]],
                redundancy_group=row["redundancy_group"] or None,
                policy=policy,
                now=NOW,
            )
        )
    return SyntheticBatch(cases, policy)


def _customer(dice: random.Random, name: str, *, machines: int) -> Customer:
    blackouts = []
    if dice.random() < 0.3:
        starts_at = NOW + timedelta(days=dice.randrange(2, 40))
        blackouts.append(Blackout(starts_at, starts_at + timedelta(days=dice.randrange(1, 8))))
    return Customer(
        name=name,
        notice_hours=dice.choice((12, 12, 24, 72)),
        blackouts=tuple(blackouts),
        calendar=WeeklyCalendar(dice.choice(ZONES), dice.choice(WEEKLY)),
        max_parallel=max(1, machines // MACHINES_AT_ONCE),
    )


def _request(dice: random.Random, machine: str, request_id: str) -> WindowRequest:
    not_before = NOW + timedelta(minutes=5 * dice.randrange(20 * 288)) if dice.random() < 0.4 else None
    deadline = None
    if dice.random() < 0.3:
        deadline = (not_before or NOW) + timedelta(days=dice.randrange(8, 40))
    return WindowRequest(
        machine=machine,
        request_id=request_id,
        estimated_minutes=dice.choice(ESTIMATES),
        not_before=not_before,
        deadline=deadline,
        urgent=dice.random() < 0.02,
    )
