"""A location whose machines request windows for some days: the planner's own rules answer, the auditor hears of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mweek_auditor.domain import fleet as audited
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.records import Policy as AuditedPolicy
from mweek_auditor.domain.windows.records import Records
from mweek_auditor.domain.windows.window import Change, Grant, WeekWindow, Withdrawal, Work, windows_by_id
from mweek_planner.domain import customer as planned
from mweek_planner.domain.requests import (
    Booking,
    BookingKind,
    Case,
    Occupancy,
    Policy,
    WindowRequest,
    answer,
    is_significant,
    withdraw,
)
from mweek_planner.domain.requests import Grant as Granted
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow, Window

from tests.support.window_cases import POSITION, histories, said
from tests.support.window_situations import CHANGES

WEEK: Final = "2026-W99"
_ACCEPTED: Final = (("22:00", "05:00"), ("00:00", "24:00"), ("01:00", "03:30"), ("02:00", "02:50"), ("20:07", "23:59"))
_HOURS: Final = 60 * 24 * 3
"""Between two actions at most a tenth of it passes, in minutes."""


@dataclass
class WindowHistory:
    """What happened, in the words of both. `told` is what the auditor heard."""

    chance: random.Random
    zone: str
    now: datetime
    policy: Policy
    told: list[Grant | Withdrawal] = field(default_factory=list)
    week_windows: list[WeekWindow] = field(default_factory=list)
    customers: dict[str, tuple[planned.Customer, audited.Customer]] = field(default_factory=dict)
    machines: dict[str, audited.Machine] = field(default_factory=dict)
    heard: int = 0

    def __post_init__(self) -> None:
        """Draw customers and machines."""
        for name in ("acme", "globex", "initech"):
            self._draw_customer(name)
        for number in range(12):
            customer = self.chance.choice((*self.customers, *self.customers, None))
            group = self.chance.choice((None, None, "pair", "trio"))
            fields = {"kind": "virtual", "role": "customer", "environment": "production", "customer": customer}
            name = f"m{number:02d}"
            self.machines[name] = audited.Machine(name=name, redundancy_group=group, **fields)
        self._occupancy = Occupancy(self.now)
        self._revisions: dict[str, int] = {}

    def act(self) -> None:
        """Let some time pass, and something happen."""
        self.now += timedelta(minutes=self.chance.randrange(_HOURS // 10), seconds=self.chance.choice((0, 0, 17)))
        action = self.chance.random()
        if action < 0.8:
            self._request()
        elif action < 0.95:
            self._withdraw()
        elif not self.week_windows:
            self._plan_week()

    def case(self, **fields: Any) -> WindowCase:
        """Return all of it as the auditor sees it; nobody has to be told yet."""
        limits = AuditedPolicy(
            capacity=self.policy.capacity,
            padding_percent=self.policy.padding_percent,
            shortest_minutes=self.policy.minimum_minutes,
            preparation_minutes=self.policy.preparation_minutes,
        )
        values: dict[str, Any] = {
            "location": "rzob",
            "now": self.now,
            "since": datetime(2000, 1, 1, tzinfo=UTC),
            "patience": timedelta(minutes=7),
            "notice_patience": timedelta(days=999),
            "records": Records(
                machines=histories(self.machines.values()),
                customers=histories(one for _, one in self.customers.values()),
                policy=said(limits),
            ),
            "windows": windows_by_id(self.told),
            "week_windows": self.week_windows,
        }
        return WindowCase(**{**values, **fields})

    def _draw_customer(self, name: str) -> None:
        chance = self.chance
        start, end = chance.choice(_ACCEPTED)
        calendar = WeeklyCalendar(self.zone, (WeeklyWindow(WEEKDAYS, start, end),))
        closed = self.now + timedelta(hours=chance.randrange(200))
        blackouts = [(closed, closed + timedelta(hours=chance.randrange(1, 40)))] if chance.random() < 0.5 else []
        wishes: dict[str, Any] = {
            "name": name,
            "notice_hours": chance.choice((0, 1, 12, 30)),
            "calendar": calendar,
            "max_parallel": chance.choice((None, 1, 2)),
        }
        self.customers[name] = (
            planned.Customer(**wishes, blackouts=tuple(planned.Blackout(*times) for times in blackouts)),
            audited.Customer(
                **wishes,
                contacts=(f"ops@{name}.example",),
                blackouts=tuple(audited.Blackout(*times, "sale") for times in blackouts),
            ),
        )

    def _request(self) -> None:
        machine = self.machines[self.chance.choice(list(self.machines))]
        owner = None if machine.customer is None else self.customers[machine.customer][0]
        request = WindowRequest(
            machine=machine.name,
            request_id=f"r{self.heard}",
            estimated_minutes=self.chance.choice((0, 5, 20, 45, 115)),
            not_before=self._perhaps(self.now + timedelta(minutes=self.chance.randrange(3_000))),
            deadline=self._perhaps(self.now + timedelta(minutes=self.chance.randrange(1_000, 9_000))),
            urgent=self.chance.random() < 0.2,
            reboot=self.chance.random() < 0.5,
        )
        case = Case(
            request=request,
            customer=owner,
            redundancy_group=machine.redundancy_group,
            policy=self.policy,
            now=self.now,
        )
        found = answer(case, self._occupancy, window_id=f"w{self.heard}")
        if isinstance(found, Granted):
            self._occupancy.replace(found.previous, found.booking)
            change = Change.NEW if found.previous is None else Change.JOINED
            self._tell(found.booking, found.previous, change, found.not_after, request.request_id)

    def _withdraw(self) -> None:
        standing = [one for name in self.machines for one in self._occupancy.bookings_of(name) if one.requests]
        ahead = [one for one in standing if one.window.opens_at > self.now]
        if not ahead:
            return
        booking = self.chance.choice(ahead)
        left = withdraw(booking, self.chance.choice(booking.requests).request_id, self.policy)
        self._occupancy.replace(booking, left)
        if left is None:
            self.heard += 1
            gone = {"window_id": booking.window_id, "machine": booking.machine, "customer": booking.customer}
            revision = self._revisions[booking.window_id] + 1
            more = {"week": None, "missed": False, "affects": frozenset(), "heard_at": self.now}
            self.told.append(Withdrawal(**gone, **more, revision=revision, number=self.heard))
        elif left.requests:
            latest = left.window.closes_at - self.policy.work(left.estimated_minutes)
            self._tell(left, booking, Change.LEFT, max(latest, left.window.opens_at), None)

    def _plan_week(self) -> None:
        """Give most machines a window at once, whatever was requested: a week asks nobody."""
        self.heard += 1
        opens_at = (self.now + timedelta(hours=self.chance.randrange(1, 60))).replace(minute=0, second=0)
        for machine in self.machines.values():
            if self.chance.random() < 0.7:
                window = Window(opens_at, opens_at + timedelta(hours=4))
                self.week_windows.append(WeekWindow(machine=machine.name, week=WEEK, time=window, number=self.heard))
                self._occupancy.add(
                    Booking(
                        window_id=f"{WEEK}/{machine.name}",
                        machine=machine.name,
                        window=window,
                        kind=BookingKind.WEEK,
                        customer=machine.customer,
                        redundancy_group=machine.redundancy_group,
                    )
                )

    def _tell(
        self, booking: Booking, before: Booking | None, change: Change, not_after: datetime, request_id: str | None
    ) -> None:
        self.heard += 1
        revision = self._revisions[booking.window_id] = self._revisions.get(booking.window_id, 0) + 1
        moved = before is not None and before.window != booking.window
        self.told.append(
            Grant(
                window_id=booking.window_id,
                machine=booking.machine,
                customer=booking.customer,
                week=WEEK if booking.kind is BookingKind.WEEK else None,
                revision=revision,
                time=booking.window,
                latest_start_at=not_after,
                change=change,
                significant=before is None or is_significant(before, booking),
                previous=before.window if before is not None and moved else None,
                request_id=request_id,
                works=tuple(_work(one) for one in booking.requests),
                reboots=booking.reboot,
                urgent=any(one.urgent for one in booking.requests),
                affects=frozenset(),
                granted_at=self.now,
                position=POSITION,
                number=self.heard,
                heard_at=self.now,
            )
        )

    def _perhaps(self, instant: datetime) -> datetime | None:
        return instant if self.chance.random() < 0.3 else None


def history_of(chance: random.Random, actions: int) -> WindowHistory:
    """Return a random history, around a day on which the clocks change where the zone has one."""
    zone = chance.choice(list(CHANGES))
    day = datetime.fromisoformat(chance.choice(CHANGES[zone])).replace(tzinfo=UTC)
    policy = Policy(
        capacity=chance.choice((None, 1, 2, 4)),
        padding_percent=chance.choice((0, 25, 33)),
        minimum_minutes=chance.choice((0, 15, 40)),
        preparation_minutes=chance.choice((0, 5, 30)),
    )
    history = WindowHistory(chance, zone, day - timedelta(hours=chance.randrange(96)), policy)
    for _ in range(actions):
        history.act()
    return history


def _work(request: WindowRequest) -> Work:
    return Work(
        request_id=request.request_id,
        estimated_minutes=request.estimated_minutes,
        not_before=request.not_before,
        deadline=request.deadline,
        urgent=request.urgent,
    )
