"""The brute-force judge of window requests: looks at every minute up to the horizon, and shares no code with us.

It knows wall clocks by `zoneinfo` alone and counts open windows minute by minute, so it is slow and hard to get wrong.
Whatever it is given stands on whole minutes, except `now`, `not_before`, `deadline` and blackouts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
START_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BLOCK = 360
"""Minutes of wall clock that are worked out at once and kept."""

_OPPOSITE = bytes([1, 0]) + bytes(254)

Times = tuple[datetime, datetime]
WeeklyTimes = tuple[tuple[str, ...], str, str]
"""Days, start and end, as a customer writes them."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A customer."""

    name: str = "acme"
    zone: str = "UTC"
    weekly: tuple[WeeklyTimes, ...] = ((DAYS, "00:00", "24:00"),)
    notice_hours: int = 0
    blackouts: tuple[Times, ...] = ()
    max_parallel: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A request."""

    estimate: int
    not_before: datetime | None = None
    deadline: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Booked:
    """A window that somebody has; `wishes` share it."""

    machine: str
    opens_at: datetime
    closes_at: datetime
    customer: str | None = None
    group: str | None = None
    of_week: bool = False
    wishes: tuple[Wish, ...] = ()


@dataclass(frozen=True, kw_only=True)
class House:
    """A location's policy."""

    capacity: int | None = None
    padding: int = 25
    minimum: int = 15
    preparation: int = 5
    horizon_days: int = 60

    def minutes(self, estimates: Iterable[int]) -> int:
        """Return the length of a window, looking for the first multiple of five that is enough."""
        work = max(self.minimum, sum(estimates) + self.preparation)
        return next(m for m in range(5, 100_000, 5) if m * 100 >= work * (100 + self.padding))


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Who asks for what, when, and who has windows already."""

    now: datetime
    wish: Wish
    machine: str = "m1"
    owner: Owner | None = field(default_factory=Owner)
    group: str | None = None
    house: House = House()
    booked: tuple[Booked, ...] = ()


class Judge:
    """Every minute from `now` to the horizon, with the rules that forbid it."""

    def __init__(self, situation: Situation) -> None:
        """Judge all minutes."""
        self.situation = situation
        self.begin = (situation.now - START_OF_TIME) // MINUTE
        self.minutes = range(self.begin, (_horizon(situation) - START_OF_TIME) // MINUTE)
        self.forbidden = {
            "acceptable": self._unacceptable(),
            "blackout": self._touched(() if situation.owner is None else situation.owner.blackouts),
            "own_window": self._touched(_times(b for b in situation.booked if b.machine == situation.machine)),
            "redundancy": self._touched(_times(b for b in situation.booked if _is_peer(b, situation))),
            "customer_limit": self._crowded(*self._of_customer()),
            "capacity": self._crowded(situation.booked, situation.house.capacity),
        }

    def earliest(self, *, rules: Sequence[str] | None = None, deadline: datetime | None = None) -> Times | None:
        """Return the earliest window under some of the rules; all by default."""
        length = self.situation.house.minutes([self.situation.wish.estimate])
        forbidden = self._forbidden_by(list(self.forbidden) if rules is None else rules)
        for place in range(-self.begin % 5, len(forbidden) - length + 1, 5):
            opens_at = _instant(self.begin + place)
            closes_at = opens_at + length * MINUTE
            if deadline is not None and closes_at > deadline:
                return None
            if not any(forbidden[place : place + length]) and self.may_open(opens_at):
                return opens_at, closes_at
        return None

    def may_open(self, opens_at: datetime) -> bool:
        """Tell whether a new window may open then, as far as notice and the request go."""
        wish, owner = self.situation.wish, self.situation.owner
        told_from = self.situation.now
        if owner is not None and not wish.urgent:
            told_from += timedelta(hours=owner.notice_hours)
        return opens_at >= told_from and (wish.not_before is None or opens_at >= wish.not_before)

    def is_free(self, from_at: datetime, until_at: datetime) -> bool:
        """Tell whether no rule forbids a minute of `[from_at, until_at)`, which lies before the horizon."""
        forbidden = self._forbidden_by(list(self.forbidden))
        first, end = ((instant - START_OF_TIME) // MINUTE - self.begin for instant in (from_at, until_at))
        return end <= len(forbidden) and not any(forbidden[first:end])

    def code(self) -> str:
        """Return why there is no window: rules are added one after the other until one leaves none."""
        wish, length = self.situation.wish, self.situation.house.minutes([self.situation.wish.estimate])
        start = self.situation.now
        while not (self.may_open(start) and (start - START_OF_TIME) % (5 * MINUTE) == timedelta()):
            start = _instant((start - START_OF_TIME) // MINUTE + 1)
        if wish.deadline is not None and start + length * MINUTE > wish.deadline:
            return "deadline_too_soon"
        if start + length * MINUTE > _horizon(self.situation):
            return "beyond_horizon"
        rules: list[str] = []
        for rule in self.forbidden:
            rules.append(rule)
            if self.earliest(rules=rules, deadline=wish.deadline) is None:
                return self._why_unacceptable(length) if rule == "acceptable" else rule
        raise AssertionError("there is a window")

    def _why_unacceptable(self, length: int) -> str:
        on_grid = [not f for f in self.forbidden["acceptable"]]
        if self.situation.now > _instant(self.begin):
            on_grid[0] = False  # this minute has begun
        steps = [all(on_grid[p : p + 5]) and p + 5 <= len(on_grid) for p in range(-self.begin % 5, len(on_grid), 5)]
        longest = max(map(len, "".join("+" if ok else " " for ok in steps).split()), default=0) * 5
        return "no_acceptable_time" if longest >= length or longest == 0 else "longer_than_any_acceptable_window"

    def _forbidden_by(self, rules: Sequence[str]) -> bytes:
        """Return for each minute 0 or, where one of the rules forbids it, 1."""
        forbidden = 0
        for rule in rules:
            forbidden |= int.from_bytes(self.forbidden[rule], "big")
        return forbidden.to_bytes(len(self.minutes), "big")

    def _unacceptable(self) -> bytearray:
        owner = self.situation.owner
        if owner is None:
            return bytearray(len(self.minutes))
        wanted = _wanted(owner.weekly)
        blocks = range(self.begin // BLOCK, self.minutes[-1] // BLOCK + 1)
        minutes = b"".join(bytes(map(wanted.__getitem__, _wall_clock(owner.zone, block))) for block in blocks)
        return bytearray(minutes[self.begin % BLOCK :][: len(self.minutes)].translate(_OPPOSITE))

    def _touched(self, times: Iterable[Times]) -> bytearray:
        touched = bytearray(len(self.minutes))
        for opens_at, closes_at in times:
            first = max((opens_at - START_OF_TIME) // MINUTE - self.begin, 0)
            end = min(-((START_OF_TIME - closes_at) // MINUTE) - self.begin, len(touched))
            if first < end:
                touched[first:end] = bytes([1]) * (end - first)
        return touched

    def _of_customer(self) -> tuple[list[Booked], int | None]:
        owner = self.situation.owner
        if owner is None:
            return [], None
        return [b for b in self.situation.booked if b.customer == owner.name], owner.max_parallel

    def _crowded(self, booked: Iterable[Booked], limit: int | None) -> bytearray:
        counts = [0] * len(self.minutes)
        if limit is None:
            return bytearray(len(counts))
        for one in booked:
            first, end = ((instant - START_OF_TIME) // MINUTE - self.begin for instant in (one.opens_at, one.closes_at))
            for place in range(max(first, 0), min(end, len(counts))):
                counts[place] += 1
        return bytearray(count >= limit for count in counts)


def earliest(situation: Situation) -> Times | str:
    """Return the earliest window of its own, or the code of the refusal."""
    judge = Judge(situation)
    return judge.earliest(deadline=situation.wish.deadline) or judge.code()


def earliest_without_deadline(situation: Situation) -> Times | None:
    """Return the earliest window of its own if there were no deadline."""
    return Judge(situation).earliest()


def answer(situation: Situation) -> tuple[Times | str, Booked | None]:
    """Return what the request gets, and the window that it shares."""
    shared = _shared(situation)
    own = earliest(situation)
    if shared is None:
        return own, None
    times, booked = shared
    if situation.wish.urgent and not isinstance(own, str) and own[0] < times[0]:
        return own, None
    return times, booked


def alternative(situation: Situation) -> Times | None:
    """Return the earliest window, shared or not, that there would be without the deadline."""
    if situation.wish.deadline is None:
        return None
    undated = replace(situation, wish=replace(situation.wish, deadline=None))
    shared = _shared(undated)
    own = earliest_without_deadline(undated)
    return min((times for times in (own, shared and shared[0]) if times is not None), default=None, key=_opening)


def _shared(situation: Situation) -> tuple[Times, Booked] | None:
    mine = sorted((b for b in situation.booked if b.machine == situation.machine), key=lambda b: _times([b]))
    judge = Judge(situation)
    for one in mine:
        times = _sharing(situation, judge, one)
        if times is not None:
            return times, one
    return None


def _sharing(situation: Situation, judge: Judge, one: Booked) -> Times | None:
    wish, now = situation.wish, situation.now
    needed = situation.house.minutes([wish.estimate, *(w.estimate for w in one.wishes)]) * MINUTE
    begins = max(one.opens_at, now)
    in_time = wish.deadline is None or one.closes_at <= wish.deadline
    if (wish.not_before is None or wish.not_before <= begins) and in_time and one.closes_at - begins >= needed:
        return one.opens_at, one.closes_at
    longer = one.opens_at + needed
    deadlines = [w.deadline for w in (wish, *one.wishes) if w.deadline is not None]
    if one.of_week or longer <= one.closes_at or not judge.may_open(one.opens_at):
        return None
    if any(longer > deadline for deadline in deadlines) or longer > _horizon(situation):
        return None
    return (one.opens_at, longer) if judge.is_free(one.closes_at, longer) else None


def _opening(times: Times) -> datetime:
    return times[0]


def _horizon(situation: Situation) -> datetime:
    return situation.now + timedelta(days=situation.house.horizon_days)


def _instant(minute: int) -> datetime:
    return START_OF_TIME + minute * MINUTE


def _times(booked: Iterable[Booked]) -> list[Times]:
    return [(one.opens_at, one.closes_at) for one in booked]


def _is_peer(booked: Booked, situation: Situation) -> bool:
    return situation.group is not None and booked.group == situation.group and booked.machine != situation.machine


@lru_cache(maxsize=20_000)
def _wall_clock(zone: str, block: int) -> tuple[int, ...]:
    """Return the local minute of the week, from Monday 00:00, of each minute of a block."""
    local = [(_instant(block * BLOCK + place)).astimezone(ZoneInfo(zone)) for place in range(BLOCK)]
    return tuple(there.weekday() * 1440 + there.hour * 60 + there.minute for there in local)


@lru_cache(maxsize=1_000)
def _wanted(weekly: tuple[WeeklyTimes, ...]) -> bytes:
    """Return for each local minute of the week whether a weekly window is open."""
    wanted = bytearray(7 * 1440)
    for days, start, end in weekly:
        opens, closes = _minute(start), _minute(end)
        for day in days:
            minutes = range(opens, closes if closes > opens else closes + 1440)
            for minute in minutes:
                wanted[(DAYS.index(day) * 1440 + minute) % (7 * 1440)] = 1
    return bytes(wanted)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
