"""The earliest window for each of many requests: how it grows, and beside lists and `intervaltree` doing the same."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import linear_regression, median
from typing import Final

from mweek_planner.domain.requests import Case, Occupancy
from mweek_planner.domain.requests.joining import new_booking
from mweek_planner.domain.requests.placement import first_window
from mweek_planner.domain.requests.rule import blackout_steps, unacceptable_steps
from mweek_planner.domain.requests.steps import step_at

from tests.benchmarks.batches import NOW, synthetic_batch
from tests.benchmarks.placement_peers import Booked, Desk, ListOfWindows, TreeOfWindows
from tests.benchmarks.section import Goal, Section, Table

GROWTH: Final = (2_000, 10_000, 100_000)
BESIDE: Final = (2_000, 10_000)
"""A hundred thousand would take a list hours."""
ROUNDS: Final = 3
MOST_GROWTH: Final = 1.1
LEAST_RATIO: Final = 40
RATIO_AT: Final = 10_000

OURS: Final = "planner: sets of steps as integers"
PEERS: Final[dict[str, Callable[[], Booked]]] = {
    "a list of windows for each limit, looked through": ListOfWindows,
    "`intervaltree` for each limit": TreeOfWindows,
}
LIST, TREE = PEERS

Starts = list[int | None]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where windows open, by request, and the CPU seconds of placing all: the median of some runs."""

    starts: Starts
    cpu_seconds: float


def measure() -> Section:
    """Place the same requests by each means."""
    placed: dict[tuple[str, int], Placed] = {}
    for requests in GROWTH:
        cases = synthetic_batch(requests).cases
        placed[OURS, requests] = _median(_ours, cases)
        for name, booked in PEERS.items():
            if requests in BESIDE:
                placed[name, requests] = _median(lambda some, booked=booked: _by_peer(booked, some), cases)  # type: ignore[misc]
    return Section("placement", [_table(placed)], _goals(placed))


def _median(place: Callable[[Sequence[Case]], Starts], cases: Sequence[Case]) -> Placed:
    seconds, starts = [], []
    for _ in range(ROUNDS):
        unacceptable_steps.cache_clear()
        blackout_steps.cache_clear()
        gc.collect()
        gc.freeze()  # what is asked is not what the means have to look after
        before = time.process_time()
        starts = place(cases)
        seconds.append(time.process_time() - before)
        gc.unfreeze()
    return Placed(starts, median(seconds))


def _ours(cases: Sequence[Case]) -> Starts:
    occupancy, starts = Occupancy(NOW), []
    for case in cases:
        window = first_window(case, occupancy)
        if window is not None:
            occupancy.add(new_booking(case, window, case.request.request_id))
        starts.append(None if window is None else step_at(window.opens_at))
    return starts


def _by_peer(booked: Callable[[], Booked], cases: Sequence[Case]) -> Starts:
    desk = Desk(booked)
    return [desk.place(case) for case in cases]


def _table(placed: dict[tuple[str, int], Placed]) -> Table:
    rows = []
    for (name, requests), one in placed.items():
        ours = placed[OURS, requests]
        same = sum(a == b for a, b in zip(one.starts, ours.starts, strict=True))
        without = sum(start is None for start in one.starts)
        rows.append(
            (f"{requests:,}", name, f"{one.cpu_seconds:,.2f}", f"{one.cpu_seconds / requests * 1e6:,.0f}",
             f"{one.cpu_seconds / ours.cpu_seconds:.1f}", f"{same:,} of {requests:,}", f"{without:,}")
        )  # fmt: skip
    head = ("requests", "means", "CPU s", "µs a request", "times ours", "starts as ours", "without a window")
    return Table(f"One request after the other, each the earliest window of its own, median of {ROUNDS}", head, rows)


def _goals(placed: dict[tuple[str, int], Placed]) -> list[Goal]:
    x, y = ([math.log(value) for value in values] for values in (GROWTH, [placed[OURS, n].cpu_seconds for n in GROWTH]))
    exponent = linear_regression(x, y).slope
    ratio = placed[TREE, RATIO_AT].cpu_seconds / placed[OURS, RATIO_AT].cpu_seconds
    different = {
        name: sum(a != b for n in BESIDE for a, b in zip(placed[name, n].starts, placed[OURS, n].starts, strict=True))
        for name in PEERS
    }
    return [
        Goal(
            f"growth exponent, {GROWTH[0]:,} to {GROWTH[-1]:,} requests, at most {MOST_GROWTH}",
            f"{exponent:.2f}",
            exponent <= MOST_GROWTH,
        ),
        Goal(
            f"{RATIO_AT:,} requests: times less CPU than over `intervaltree`, at least {LEAST_RATIO}",
            f"{ratio:.1f}",
            ratio >= LEAST_RATIO,
        ),
        Goal("starts as those of a linear scan: all", f"{different[LIST]} differ", not different[LIST]),
    ]
