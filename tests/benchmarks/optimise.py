"""A batch of requests answered together: the planner's search beside CP-SAT with ten times as many CPU seconds.

To try it with less: `python -m tests.benchmarks.optimise SEEDS OUR_CPU_SECONDS CPSAT_CPU_SECONDS [hint]` prints the
section and writes nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from mweek_planner.domain.requests import Case
from mweek_planner.domain.requests.batch import Optimised, answered_in_order, optimised
from mweek_planner.domain.requests.batch.pieces import Pieces, pieces_of
from mweek_planner.domain.requests.steps import runs, step_at

from tests.benchmarks.batches import synthetic_batch
from tests.benchmarks.placement_peers import limits_of
from tests.benchmarks.section import Goal, Section, Table

REQUESTS: Final = 2_000
SEEDS: Final = 5
OUR_CPU_SECONDS: Final = 10.0
CPSAT_CPU_SECONDS: Final = 100.0
WORKERS: Final = 8
STEP_MINUTES: Final = 5
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Compared:
    """One batch: costs in minutes of waiting, `None` where CP-SAT found no answer; CPU seconds of both."""

    seed: int
    ours: Optimised
    our_cpu_seconds: float
    cpsat: float | None
    cpsat_refused: int
    bound: float
    status: str
    cpsat_cpu_seconds: float

    @property
    def ratio(self) -> float:
        """Our cost beside CP-SAT's; 0 where it found nothing."""
        return 0.0 if self.cpsat is None else self.ours.together.cost_minutes / self.cpsat


def measure(
    seeds: int = SEEDS, ours: float = OUR_CPU_SECONDS, cpsat: float = CPSAT_CPU_SECONDS, *, hint: bool = False
) -> Section:
    """Answer batches of several seeds both ways."""
    compared = [_compared(seed, ours, cpsat, hint=hint) for seed in range(1, seeds + 1)]
    title = f"{REQUESTS:,} requests: {ours:.0f} CPU s of the planner, {cpsat:.0f} of CP-SAT with {WORKERS} workers"
    middle = median(one.ratio for one in compared)
    better = sum(one.ratio < 1 for one in compared)
    goal = Goal(
        f"{REQUESTS:,} requests: less cost in {ours:.0f} CPU s than CP-SAT in {cpsat:.0f}, median of {seeds} seeds",
        f"{100 * (1 - middle):.1f} % less; less on {better} of {seeds} seeds",
        middle < 1,
    )
    worse = sum(one.ours.together.refused > one.ours.in_order.refused for one in compared)
    return Section(
        "optimise",
        [_table(title, compared)],
        [goal, Goal("nowhere more refused than in order", f"{worse} seeds", not worse)],
    )


def _compared(seed: int, our_seconds: float, cpsat_seconds: float, *, hint: bool) -> Compared:
    cases = synthetic_batch(REQUESTS, seed=seed).cases
    before = time.process_time()
    ours = optimised(cases, dice=Random(seed), progress=lambda _: (time.process_time() - before) / our_seconds)
    used = time.process_time() - before
    in_order = answered_in_order(cases)
    pieces = pieces_of(cases, in_order.told, ())
    answer = _asked(_question(pieces) | {"hint": hint, "workers": WORKERS, "cpu_seconds": cpsat_seconds})
    # What the pieces do not have is the same for both: windows that stay where they are, requests that never get any.
    rest = in_order.cost_minutes - STEP_MINUTES * _cost(pieces, pieces.starts)
    starts = answer.get("starts")
    # Its waiting may lie above that of its starts until it is pressed down: what the starts cost is what it has found.
    if starts is not None and round(answer["value"]) < _cost(pieces, starts):
        raise RuntimeError(f"CP-SAT says {answer['value']}, its starts cost {_cost(pieces, starts)}")
    compared = Compared(
        seed=seed,
        ours=ours,
        our_cpu_seconds=used,
        cpsat=None if starts is None else rest + STEP_MINUTES * _cost(pieces, starts),
        cpsat_refused=len(cases) if starts is None else _refused(cases, pieces, starts),
        bound=rest + STEP_MINUTES * answer["bound"],
        status=answer["status"].lower(),
        cpsat_cpu_seconds=answer["cpu_seconds"],
    )
    print(f"seed {seed}: {compared.ratio:.3f} of CP-SAT's cost", file=sys.stderr, flush=True)
    return compared


def _cost(pieces: Pieces, starts: Sequence[int | None]) -> int:
    return sum(piece.cost(start) for piece, start in zip(pieces.pieces, starts, strict=True))


def _refused(cases: Sequence[Case], pieces: Pieces, starts: Sequence[int | None]) -> int:
    placed = sum(len(party.cases) for party, start in zip(pieces.parties, starts, strict=True) if start is not None)
    return len(cases) - placed - sum(len(booking.requests) for booking in pieces.unmoved)


def _question(pieces: Pieces) -> dict[str, Any]:
    limits: dict[str, int] = {}
    downtimes = []
    for party, piece, start in zip(pieces.parties, pieces.pieces, pieces.starts, strict=True):
        here = {" ".join(place): limit for place, limit in limits_of(party.cases[0])}
        limits |= here
        downtimes.append(
            {
                "starts": [edge for first, end in runs(piece.starts) for edge in (first, end - 1)],
                "steps": piece.steps,
                "places": list(here),
                "requests": piece.requests,
                "earliest": piece.earliest,
                "refusal": piece.refusal,
                "planned": start,
            }
        )
    unmoved = []
    for booking in pieces.unmoved:
        first = step_at(booking.window.opens_at) - pieces.first
        places = [
            f"machine {booking.machine}",
            f"customer {booking.customer}",
            f"group {booking.redundancy_group}",
            "location ",
        ]
        steps = step_at(booking.window.closes_at) - pieces.first - first
        unmoved.append((first, steps, [place for place in places if place in limits]))
    return {"downtimes": downtimes, "limits": limits, "unmoved": unmoved}


def _asked(question: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.batch_cpsat"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(question), capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _table(title: str, compared: Sequence[Compared]) -> Table:
    head = (
        "seed", "in order: days", "refused", "planner: days", "refused", "rounds", "CPU s",
        "CP-SAT: days", "refused", "bound", "CPU s", "planner beside CP-SAT",
    )  # fmt: skip
    rows = [
        (
            f"{one.seed}",
            _days(one.ours.in_order.cost_minutes),
            f"{one.ours.in_order.refused}",
            _days(one.ours.together.cost_minutes),
            f"{one.ours.together.refused}",
            f"{one.ours.rounds:,}",
            f"{one.our_cpu_seconds:.1f}",
            one.status if one.cpsat is None else _days(one.cpsat),
            f"{one.cpsat_refused}",
            _days(one.bound),
            f"{one.cpsat_cpu_seconds:.1f}",
            f"{one.ratio:.3f}",
        )
        for one in compared
    ]
    return Table(f"{title}; cost in days of waiting, 600 for a refusal", head, rows)


def _days(minutes: float) -> str:
    return f"{minutes / 1_440:,.0f}"


if __name__ == "__main__":
    some = [float(text) for text in sys.argv[1:4]]
    print(measure(int(some[0]), some[1], some[2], hint="hint" in sys.argv).markdown())
