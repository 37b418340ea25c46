"""Random situations of window requests for the judge, and the same as the planner sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.requests import Booking, BookingKind, Case, Occupancy, Policy, WindowRequest
from mweek_timewindows import WeeklyCalendar, WeeklyWindow, Window

from tests.support.window_oracle import DAYS, MINUTE, Booked, House, Owner, Situation, Times, WeeklyTimes, Wish

CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),  # at midnight
    "Australia/Lord_Howe": ("2026-04-04", "2026-10-03"),  # half an hour
    "Asia/Kathmandu": ("2026-06-01",),  # none at all, and a quarter past
    "Antarctica/Troll": ("2026-03-29", "2026-10-25"),  # two hours
    "Pacific/Apia": ("2011-12-30",),  # a day left out
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
}
"""Zones, and the UTC days on which their clocks change."""


def planner_case(situation: Situation) -> tuple[Case, Occupancy]:
    """Return a situation as the planner sees it; bookings are called w00, w01, …"""
    owner = situation.owner
    case = Case(
        request=_request(situation.machine, "asked", situation.wish),
        customer=None if owner is None else planner_customer(owner),
        redundancy_group=situation.group,
        policy=planner_policy(situation.house),
        now=situation.now,
    )
    return case, Occupancy(situation.now, planner_bookings(situation.booked))


def planner_bookings(booked: Iterable[Booked]) -> list[Booking]:
    """Return windows that somebody has as the planner sees them."""
    return [_booking(f"w{number:02d}", one) for number, one in enumerate(booked)]


def planner_customer(owner: Owner) -> Customer:
    """Return a customer as the planner sees it."""
    return Customer(
        name=owner.name,
        notice_hours=owner.notice_hours,
        blackouts=tuple(Blackout(starts_at, ends_at) for starts_at, ends_at in owner.blackouts),
        calendar=WeeklyCalendar(owner.zone, tuple(WeeklyWindow(*times) for times in owner.weekly)),
        max_parallel=owner.max_parallel,
    )


def planner_policy(house: House) -> Policy:
    """Return a policy as the planner sees it."""
    return Policy(
        capacity=house.capacity,
        padding_percent=house.padding,
        minimum_minutes=house.minimum,
        preparation_minutes=house.preparation,
        horizon_days=house.horizon_days,
    )


def times_of(window: Window) -> Times:
    """Return a window as the judge writes it."""
    return window.opens_at, window.closes_at


def _booking(window_id: str, booked: Booked) -> Booking:
    return Booking(
        window_id=window_id,
        machine=booked.machine,
        window=Window(booked.opens_at, booked.closes_at),
        kind=BookingKind.WEEK if booked.of_week else BookingKind.ADHOC,
        customer=booked.customer,
        redundancy_group=booked.group,
        requests=tuple(_request(booked.machine, f"r{n}", wish) for n, wish in enumerate(booked.wishes)),
    )


def _request(machine: str, request_id: str, wish: Wish) -> WindowRequest:
    return WindowRequest(
        machine=machine,
        request_id=request_id,
        estimated_minutes=wish.estimate,
        not_before=wish.not_before,
        deadline=wish.deadline,
        urgent=wish.urgent,
    )


# Nothing drawn depends on what was drawn before: strategies that are made while drawing cost more than the judge.
_ZONES_AND_DAYS = st.sampled_from([(zone, day) for zone, days in CHANGES.items() for day in days])
_CLOCKS = st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}") | st.sampled_from(
    ("00:07", "02:02", "02:58", "23:59")
)
_WEEKLY: st.SearchStrategy[WeeklyTimes] = st.tuples(
    st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: tuple(sorted(days, key=DAYS.index))) | st.just(DAYS),
    _CLOCKS,
    _CLOCKS | st.just("24:00"),
).filter(lambda times: times[1] != times[2])
_NIGHTLY = st.sampled_from(((DAYS, "22:00", "05:00"), (DAYS, "00:00", "24:00"), (DAYS, "01:00", "03:30")))
ESTIMATES = st.sampled_from((0, 5, 10, 11, 20, 30, 45, 60, 75, 115, 240))
_PERMILLE = st.integers(-250, 1_050)
"""Where between now and the horizon something is."""
_TIMES = st.tuples(_PERMILLE, st.integers(1, 1_000))
"""Where something begins, and how long it is in parts of the longest."""


@dataclass(frozen=True)
class _Frame:
    """Makes instants of what was drawn."""

    now: datetime
    days: int

    def instant(self, permille: int) -> datetime:
        """Return an instant of any minute, sometimes one second later."""
        return self.now + permille * self.days * 1_440 // 1_000 * MINUTE + timedelta(seconds=permille % 7 // 6)

    def times(self, drawn: tuple[int, int], *, longest: int, step: int = 1) -> Times:
        """Return a time that may begin before now and end after the horizon, on whole minutes or a coarser grid."""
        at = self.instant(drawn[0]).replace(second=0)
        at -= at.minute % step * MINUTE
        return at, at + -(-max(1, drawn[1] * longest // 1_000) // step) * step * MINUTE


_FRAMES = st.builds(
    lambda day, minutes, seconds, days: (
        day[0],
        _Frame(datetime.fromisoformat(day[1]).replace(tzinfo=UTC) + timedelta(minutes=minutes, seconds=seconds), days),
    ),
    _ZONES_AND_DAYS,
    st.integers(-2_000, 600),
    st.sampled_from((0, 0, 1, 59)),
    st.sampled_from((1, 2, 2, 3, 8)),
)
_OWNERS = st.fixed_dictionaries(
    {
        "weekly": st.lists(_NIGHTLY | _WEEKLY, min_size=1, max_size=3).map(tuple),
        "notice_hours": st.sampled_from((0, 0, 1, 12, 30)),
        "blackouts": st.lists(_TIMES, max_size=2),
        "max_parallel": st.sampled_from((None, 1, 2)),
        "is_described": st.sampled_from((True, True, True, True, False)),
    }
)
_WISHES = st.fixed_dictionaries(
    {
        "estimate": ESTIMATES,
        "not_before": st.none() | _PERMILLE,
        "deadline": st.none() | _PERMILLE,
        "urgent": st.booleans(),
    }
)
_HOUSES = st.fixed_dictionaries(
    {
        "capacity": st.sampled_from((None, 1, 2, 3)),
        "padding": st.sampled_from((25, 25, 0, 33)),
        "minimum": st.sampled_from((15, 15, 0, 40)),
        "preparation": st.sampled_from((5, 5, 0, 30)),
    }
)
_BOOKED = st.fixed_dictionaries(
    {
        "machine": st.sampled_from(("m1", "m2", "m3", "m4")),
        "times": _TIMES,
        "customer": st.sampled_from(("acme", "acme", "globex", None)),
        "group": st.sampled_from((None, "pair", "other")),
        "of_week": st.booleans(),
        "wishes": st.lists(st.tuples(ESTIMATES, st.none() | st.integers(0, 120)), max_size=2),
    }
)


def situations(*, own_windows: bool = True) -> st.SearchStrategy[Situation]:
    """Return situations near changes of the clocks, where the zone has them.

    Args:
        own_windows: whether the machine that asks may have windows already.
    """
    asking = "m1" if own_windows else "m0"
    return st.builds(
        partial(_situation, asking),
        _FRAMES,
        _OWNERS,
        _WISHES,
        st.sampled_from((None, "pair")),
        _HOUSES,
        st.lists(_BOOKED, max_size=12),
    )


def _situation(
    machine: str,
    there: tuple[str, _Frame],
    owner: dict[str, Any],
    wish: dict[str, Any],
    group: str | None,
    house: dict[str, Any],
    booked: list[dict[str, Any]],
) -> Situation:
    zone, frame = there
    blackouts = tuple(frame.times(times, longest=1_500) for times in owner["blackouts"])
    instants = {name: None if wish[name] is None else frame.instant(wish[name]) for name in ("not_before", "deadline")}
    described = {name: value for name, value in owner.items() if name != "is_described"} | {"blackouts": blackouts}
    return Situation(
        now=frame.now,
        wish=Wish(**wish | instants),
        machine=machine,
        owner=Owner(zone=zone, **described) if owner["is_described"] else None,
        group=group,
        house=House(horizon_days=frame.days, **house),
        booked=tuple(_booked(frame, **fields) for fields in booked),
    )


def _booked(
    frame: _Frame, *, times: tuple[int, int], of_week: bool, wishes: list[tuple[int, int | None]], **fields: Any
) -> Booked:
    opens_at, closes_at = frame.times(times, longest=700, step=1 if of_week else 5)
    shared = tuple(
        Wish(estimate=estimate, deadline=None if after is None else closes_at + after * MINUTE)
        for estimate, after in wishes
    )
    return Booked(opens_at=opens_at, closes_at=closes_at, of_week=of_week, wishes=shared, **fields)
