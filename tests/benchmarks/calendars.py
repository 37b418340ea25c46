"""A customer's weekly windows over 60 days, beside other means to expand them; and who is wrong in which minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from mweek_planner.domain.requests.rule import unacceptable_steps
from mweek_planner.domain.requests.steps import step_at
from mweek_timewindows import WeeklyCalendar, WeeklyWindow
from mweek_timewindows.zone import EPOCH, MICROSECOND, microseconds

from tests.benchmarks.calendar_peers import (
    DAYS,
    Expansion,
    Times,
    WeeklyTimes,
    by_boundaries,
    by_dateutil,
    by_recurring_events,
)
from tests.benchmarks.cpu_time import cpu_seconds_in_turns
from tests.benchmarks.section import Goal, Section, Table

ROUNDS: Final = 25
ENOUGH_CPU_SECONDS: Final = 0.05

ZONE: Final = "Europe/Berlin"
FROM: Final = datetime(2026, 10, 5, 8, tzinfo=UTC)
"""The clocks change on the 25th."""
HORIZON: Final = timedelta(days=60)
A_WEEK: Final[Sequence[WeeklyTimes]] = (
    (("mon",), "22:00", "05:00"),
    (("tue",), "20:00", "24:00"),
    (("thu",), "01:00", "05:00"),
    (("sat",), "06:00", "18:00"),
    (("sun",), "02:00", "08:00"),
)

YEARS: Final = {
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "America/Santiago": 2026,  # changes at midnight
    "Africa/Casablanca": 2026,  # Ramadan: four changes
    "Antarctica/Troll": 2026,  # two hours
    "Asia/Kathmandu": 2026,  # +05:45, never changes
    "Asia/Tehran": 2022,  # its last summer time, at midnight
    "Australia/Lord_Howe": 2026,  # half an hour
    "Pacific/Apia": 2011,  # left out a day
    "Pacific/Chatham": 2026,  # at a quarter to
}
CALENDARS: Final[Mapping[str, Sequence[WeeklyTimes]]] = {
    "nights": [(DAYS, "22:00", "05:00")],
    "small hours": [(DAYS, "02:15", "02:45"), (("sun",), "00:30", "01:15")],
    "around midnight": [(("sat",), "23:00", "01:00"), (("thu", "sun"), "00:00", "00:45")],
    "overlapping": [
        (("sat", "sun"), "20:00", "03:00"),
        (("sun",), "01:00", "02:30"),
        (("sun", "mon"), "02:30", "04:00"),
    ],
}
MINUTES: Final = 365 * 1_440

OURS, WINDOWS, STEPS = "`WeeklyCalendar.pieces`", "`WeeklyCalendar.occurrences`", "`unacceptable_steps`, not yet known"
PEERS: Final[Mapping[str, Callable[[str, Sequence[WeeklyTimes], datetime], Expansion]]] = {
    "`zoneinfo`, boundary by boundary": by_boundaries,
    "`dateutil.rrule`": by_dateutil,
    "`recurring_ical_events`, calendar parsed": by_recurring_events,
}
LEAST_RATIOS: Final = dict(zip(PEERS, (7, 20, 80), strict=True))


def measure() -> Section:
    """Measure the cost, then look at every minute of a year."""
    cost = cpu_seconds_in_turns(_functions(), rounds=ROUNDS, enough=ENOUGH_CPU_SECONDS)
    wrong = _wrong_minutes()
    return Section("calendars", [_cost_table(cost), _wrong_table(wrong)], [*_ratio_goals(cost), _wrong_goal(wrong)])


def ours(zone: str, weekly: Sequence[WeeklyTimes], begins: datetime) -> Expansion:
    """Return the expansion that is measured, as the peers give theirs."""
    calendar = _calendar(zone, weekly)
    return lambda from_at, until_at: [
        (EPOCH + opens * MICROSECOND, EPOCH + closes * MICROSECOND)
        for opens, closes in calendar.pieces(microseconds(from_at), microseconds(until_at))
    ]


def _functions() -> dict[str, Callable[[], object]]:
    calendar, until = _calendar(ZONE, A_WEEK), FROM + HORIZON
    closed = unacceptable_steps.__wrapped__
    functions: dict[str, Callable[[], object]] = {
        OURS: partial(calendar.pieces, microseconds(FROM), microseconds(until)),
        WINDOWS: partial(calendar.occurrences, FROM, until),
        STEPS: partial(closed, calendar, step_at(FROM), step_at(until)),
    }
    for name, peer in PEERS.items():
        functions[name] = partial(peer(ZONE, A_WEEK, FROM), FROM, until)
    expected = ours(ZONE, A_WEEK, FROM)(FROM, until)
    for name in PEERS:
        # In these weeks no window lies in the hour that is there twice: all have to agree, or work is not equal.
        if functions[name]() != expected:
            raise RuntimeError(f"{name} expands {ZONE} otherwise")
    return functions


def _calendar(zone: str, weekly: Sequence[WeeklyTimes]) -> WeeklyCalendar:
    return WeeklyCalendar(zone, tuple(WeeklyWindow(*times) for times in weekly))


Wrong = tuple[int, int]
"""Minutes that a peer plans in which the customer does not accept it, and minutes that it leaves out."""


def _wrong_minutes() -> dict[str, list[Wrong]]:
    """Return for each means the wrong minutes of each zone and calendar."""
    means = {OURS: ours, **PEERS}
    found: dict[str, list[Wrong]] = {name: [] for name in means}
    for zone, year in YEARS.items():
        from_at = datetime(year, 1, 1, tzinfo=UTC)
        clock = _wall_clock(zone, from_at)
        for weekly in CALENDARS.values():
            truth = bytes(map(_wanted(weekly).__getitem__, clock))
            for name, expand in means.items():
                planned = _minutes(
                    expand(zone, weekly, from_at)(from_at, from_at + timedelta(minutes=MINUTES)), from_at
                )
                outside = sum(not wanted and taken for wanted, taken in zip(truth, planned, strict=True))
                left_out = sum(wanted and not taken for wanted, taken in zip(truth, planned, strict=True))
                found[name].append((outside, left_out))
    return found


def _wall_clock(zone: str, from_at: datetime) -> list[int]:
    """Return the local minute of the week, from Monday 00:00, of each minute of a year."""
    place = ZoneInfo(zone)
    local = ((from_at + timedelta(minutes=minute)).astimezone(place) for minute in range(MINUTES))
    return [there.weekday() * 1_440 + there.hour * 60 + there.minute for there in local]


def _wanted(weekly: Iterable[WeeklyTimes]) -> bytes:
    """Return for each local minute of the week whether one of the windows is open."""
    wanted = bytearray(7 * 1_440)
    for days, start, end in weekly:
        opens, closes = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (start, end))
        for day in days:
            for minute in range(opens, closes if closes > opens else closes + 1_440):
                wanted[(DAYS.index(day) * 1_440 + minute) % len(wanted)] = 1
    return bytes(wanted)


def _minutes(times: Iterable[Times], from_at: datetime) -> bytearray:
    planned = bytearray(MINUTES)
    for opens_at, closes_at in times:
        first, end = ((at - from_at) // timedelta(minutes=1) for at in (opens_at, closes_at))
        planned[first:end] = bytes([1]) * (end - first)
    return planned


def _cost_table(cost: Mapping[str, float]) -> Table:
    gives = {OURS: "integers", WINDOWS: "windows", STEPS: "steps of the planner"}
    rows = [
        (name, gives.get(name, "datetimes"), f"{seconds * 1e6:,.1f}", f"{seconds / cost[OURS]:.1f}")
        for name, seconds in cost.items()
    ]
    title = f"Five weekly windows in {ZONE} over 60 days, 43 times across a change of the clocks; median of {ROUNDS}"
    return Table(title, ("means", "gives", "CPU µs", "times ours"), rows)


def _wrong_table(wrong: Mapping[str, Sequence[Wrong]]) -> Table:
    rows = []
    for name, minutes in wrong.items():
        outside, left_out = (sum(column) for column in zip(*minutes, strict=True))
        calendars = sum(any(one) for one in minutes)
        rows.append(
            (name, f"{calendars} of {len(minutes)}", f"{outside:,}", f"{left_out:,}", f"{outside + left_out:,}")
        )
    head = ("means", "calendars that are wrong", "minutes outside the customer's", "minutes left out", "wrong minutes")
    return Table(f"{len(YEARS)} zones, {len(CALENDARS)} calendars, each minute of 365 days", head, rows)


def _ratio_goals(cost: Mapping[str, float]) -> list[Goal]:
    goals = []
    for name, least in LEAST_RATIOS.items():
        ratio = cost[name] / cost[OURS]
        goals.append(Goal(f"times less CPU than {name}, at least {least}", f"{ratio:.1f}", ratio >= least))
    return goals


def _wrong_goal(wrong: Mapping[str, Sequence[Wrong]]) -> Goal:
    minutes = sum(map(sum, wrong[OURS]))
    looked_at = len(wrong[OURS]) * MINUTES
    return Goal("wrong minutes: none", f"{minutes:,} of {looked_at:,}", minutes == 0)
