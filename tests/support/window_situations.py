"""Random situations of window requests for the judge, and the same as the planner sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
    """Return a situation as the planner sees it; bookings are called w0, w1, …"""
    owner = situation.owner
    case = Case(
        request=_request(situation.machine, "asked", situation.wish),
        customer=None if owner is None else planner_customer(owner),
        redundancy_group=situation.group,
        policy=planner_policy(situation.house),
        now=situation.now,
    )
    bookings = [_booking(f"w{number}", booked) for number, booked in enumerate(situation.booked)]
    return case, Occupancy(situation.now, bookings)


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


_CLOCKS = st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}") | st.sampled_from(
    ("00:07", "02:02", "02:58", "23:59")
)
_WEEKLY: st.SearchStrategy[WeeklyTimes] = st.tuples(
    st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: tuple(sorted(days, key=DAYS.index))) | st.just(DAYS),
    _CLOCKS,
    _CLOCKS | st.just("24:00"),
).filter(lambda times: times[1] != times[2])
_NIGHTLY = st.sampled_from(((DAYS, "22:00", "05:00"), (DAYS, "00:00", "24:00"), (DAYS, "01:00", "03:30")))
_ESTIMATES = st.sampled_from((0, 5, 10, 11, 20, 30, 45, 60, 75, 115, 240))


@st.composite
def situations(draw: st.DrawFn, *, own_windows: bool = True) -> Situation:
    """Return a situation, near a change of the clocks where the zone has one.

    Args:
        own_windows: whether the machine that asks may have windows already.
    """
    zone = draw(st.sampled_from(tuple(CHANGES)))
    day = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone]))).replace(tzinfo=UTC)
    now = day + timedelta(minutes=draw(st.integers(-2_000, 600)), seconds=draw(st.sampled_from((0, 0, 1, 59))))
    days = draw(st.sampled_from((1, 2, 2, 3, 8)))
    owner = draw(_owners(zone, now, days))
    return Situation(
        now=now,
        wish=draw(_wishes(now, days)),
        owner=draw(st.sampled_from((owner, owner, owner, owner, None))),
        group=draw(st.sampled_from((None, "pair"))),
        house=House(
            capacity=draw(st.sampled_from((None, 1, 2, 3))),
            padding=draw(st.sampled_from((25, 25, 0, 33))),
            minimum=draw(st.sampled_from((15, 15, 0, 40))),
            preparation=draw(st.sampled_from((5, 5, 0, 30))),
            horizon_days=days,
        ),
        booked=tuple(draw(st.lists(_booked(now, days, own_windows=own_windows), max_size=12))),
    )


@st.composite
def _owners(draw: st.DrawFn, zone: str, now: datetime, days: int) -> Owner:
    return Owner(
        zone=zone,
        weekly=tuple(draw(st.lists(_NIGHTLY | _WEEKLY, min_size=1, max_size=3))),
        notice_hours=draw(st.sampled_from((0, 0, 1, 12, 30))),
        blackouts=tuple(draw(st.lists(_times(now, days, longest=1_500, seconds=True), max_size=2))),
        max_parallel=draw(st.sampled_from((None, 1, 2))),
    )


@st.composite
def _wishes(draw: st.DrawFn, now: datetime, days: int) -> Wish:
    instants = st.integers(-30, days * 1_440 + 60).map(lambda n: now + timedelta(minutes=n, seconds=n % 7 // 6))
    return Wish(
        estimate=draw(_ESTIMATES),
        not_before=draw(st.none() | instants),
        deadline=draw(st.none() | instants),
        urgent=draw(st.booleans()),
    )


@st.composite
def _booked(draw: st.DrawFn, now: datetime, days: int, *, own_windows: bool) -> Booked:
    of_week = draw(st.booleans())
    opens_at, closes_at = draw(_times(now, days, longest=700, on_grid=not of_week))
    deadlines = st.none() | st.integers(0, 120).map(lambda n: closes_at + n * MINUTE)
    wishes = st.builds(Wish, estimate=_ESTIMATES, deadline=deadlines)
    return Booked(
        machine=draw(st.sampled_from(("m1", "m2", "m3", "m4") if own_windows else ("m2", "m3", "m4"))),
        opens_at=opens_at,
        closes_at=closes_at,
        customer=draw(st.sampled_from(("acme", "acme", "globex", None))),
        group=draw(st.sampled_from((None, "pair", "other"))),
        of_week=of_week,
        wishes=tuple(draw(st.lists(wishes, max_size=2))),
    )


@st.composite
def _times(
    draw: st.DrawFn, now: datetime, days: int, *, longest: int, seconds: bool = False, on_grid: bool = False
) -> Times:
    """Return a time that may begin before now and end after the horizon, on whole minutes unless told otherwise."""
    minute = now.replace(second=0)
    start = minute + draw(st.integers(-longest // 2, days * 1_440)) * MINUTE
    length = draw(st.integers(1, longest))
    if on_grid:
        start, length = start - start.minute % 5 * MINUTE, -(-length // 5) * 5
    if seconds:
        start += timedelta(seconds=draw(st.sampled_from((0, 0, 30))))
    return start, start + length * MINUTE
