"""Windows requested each second of the real planner, beside a bare nats-py echo service on the same kind of server; and
what a flood costs others.

Who is asked, who asks and the server are processes of their own, on the same machine at the same time.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import nats
from mweek_messaging import apply_streams

from tests.benchmarks.asking_load import LOCATION, LOUD, MACHINES, Answered, machine_name
from tests.benchmarks.process_use import use_of
from tests.benchmarks.section import Goal, Section, Table
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import NOW, PlannerBus
from tests.support.planner_process import PlannerProcess
from tests.support.postgres import temporary_cluster

IN_FLIGHT: Final = (64, 512)
LEAST_SHARE_OF_ECHO: Final = 0.25
MOST_P99_MS: Final = 100.0
MOST_TIMES_IDLE: Final = 3.0
RUNS: Final = 3
CUSTOMERS: Final = 100
QUIET: Final = "40/s"
"""What quiet machines ask together, each of them seldom."""

_REPOSITORY: Final = Path(__file__).parents[2]
ECHO: Final = "bare echo"


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one load on one of those who are asked."""

    asked: str
    load: str
    answered: Answered
    cpu_microseconds: float
    """Of the process that is asked, for each request."""


def measure() -> Section:
    """Ask all of them in turns, several times; of each the run in the middle counts."""
    seconds = float(os.environ.get("MWEEK_BENCH_SECONDS", "5"))
    with tempfile.TemporaryDirectory(prefix="mweek-bench-") as folder, temporary_cluster(durable=True) as cluster:
        files = iter(range(1_000))
        urls = {
            ECHO: lambda: ECHO,
            "SQLite": lambda: f"sqlite:///{folder}/{next(files)}.sqlite3",
            "PostgreSQL": cluster.new_database,
        }
        rounds = [
            {name: _loads(name, url(), Path(folder) / f"{name}-{number}", seconds) for name, url in urls.items()}
            for number in range(RUNS)
        ]
        flood = {
            name: _middle_flood([_flood(url(), Path(folder) / f"flood-{name}-{n}", seconds) for n in range(RUNS)])
            for name, url in urls.items()
            if name != ECHO
        }
    middle = {
        name: [_middle([one[name][place] for one in rounds]) for place in range(len(rounds[0][name]))] for name in urls
    }
    return Section("requests", tables=[_table(middle), _flood_table(flood)], goals=_goals(middle, flood))


def _loads(name: str, database_url: str, folder: Path, seconds: float) -> list[Measured]:
    """Measure each number in flight and, but for the echo, half of what the last one reached."""
    with _asked(database_url, folder, limited=False) as (url, pid):
        measured = [_measured(name, url, pid, str(number), seconds) for number in IN_FLIGHT]
        if name != ECHO:
            half = max(1, int(measured[-1].answered.each_second / 2))
            measured.append(_measured(name, url, pid, f"{half}/s", seconds))
    return measured


def _measured(name: str, url: str, pid: int, load: str, seconds: float) -> Measured:
    before = use_of(pid).cpu_seconds
    answered = _answers(_asking(url, load, seconds))
    assert answered.refused == answered.unanswered == 0, answered
    used = use_of(pid).cpu_seconds - before
    requests = answered.each_second * (seconds + 1)  # the warm-up too
    return Measured(name, load, answered, used / max(requests, 1) * 1e6)


def _flood(database_url: str, folder: Path, seconds: float) -> tuple[Answered, Answered, Answered]:
    """Return what quiet machines get alone, what they get beside one that floods, and what that one gets."""
    with _asked(database_url, folder, limited=True) as (url, _):
        alone = _answers(_asking(url, QUIET, 2 * seconds))
        flooding = _asking(url, "flood", 2 * seconds + 2)
        beside = _answers(_asking(url, QUIET, 2 * seconds))
        return alone, beside, _answers(flooding)


def _middle_flood(runs: list[tuple[Answered, Answered, Answered]]) -> tuple[Answered, Answered, Answered]:
    """Return the run in which quiet machines suffered neither most nor least: a p99 of some hundred answers varies."""
    return sorted(runs, key=lambda run: run[1].p99_ms / run[0].p99_ms)[len(runs) // 2]


@contextmanager
def _asked(database_url: str, folder: Path, *, limited: bool) -> Iterator[tuple[str, int]]:
    """Start a server and who is asked; gives the URL of the one and the process of the other.

    Args:
        limited: as shipped; else each machine may ask as often as it likes.
    """
    folder.mkdir(parents=True)
    server = NatsServer(folder / "nats").start()
    try:
        asyncio.run(_with_streams(server.url))
        with _echo(server.url) if database_url == ECHO else _planner(server.url, database_url, folder, limited) as pid:
            yield server.url, pid
    finally:
        server.stop()


@contextmanager
def _echo(url: str) -> Iterator[int]:
    process = _start("echo_process", url)
    try:
        assert process.stdout
        assert process.stdout.readline().strip() == "ready"
        yield process.pid
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _planner(url: str, database_url: str, folder: Path, limited: bool) -> Iterator[int]:
    environment = {"MWEEK_CLOCK": f"{NOW:%Y-%m-%dT%H:%MZ}"}
    planner = PlannerProcess(folder / "planner", nats_url=url, database_url=database_url, environment=environment)
    planner.start()
    try:
        asyncio.run(_with_machines(url, limited))
        yield planner.pid
    finally:
        planner.stop()


async def _with_streams(url: str) -> None:
    connection = await nats.connect(url)
    await apply_streams(connection)
    await connection.close()


async def _with_machines(url: str, limited: bool) -> None:
    """Let the planner know the machines that will ask, of customers who say nothing."""
    connection = await nats.connect(url)
    bus = PlannerBus(connection, LOCATION)
    names = [LOUD, *(machine_name(number) for number in range(MACHINES))]
    policy = () if limited else (bus.policy(),)
    owned = (bus.machine(name, customer=f"customer{place % CUSTOMERS}") for place, name in enumerate(names))
    await bus.know(*policy, *owned)
    await connection.close()


def _asking(url: str, load: str, seconds: float) -> subprocess.Popen[str]:
    return _start("asking_load", url, load, str(seconds))


def _answers(process: subprocess.Popen[str]) -> Answered:
    said, _ = process.communicate()
    return Answered(**json.loads(said))


def _start(module: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    return subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True)


def _middle(runs: list[Measured]) -> Measured:
    """Return the run whose rate lies in the middle."""
    rate = statistics.median_low([run.answered.each_second for run in runs])
    return next(run for run in runs if run.answered.each_second == rate)


def _goals(middle: dict[str, list[Measured]], flood: dict[str, tuple[Answered, Answered, Answered]]) -> list[Goal]:
    echo = middle[ECHO][-1].answered.each_second
    goals: list[Goal] = []
    for name, (alone, beside, _) in flood.items():
        *_, most, half = middle[name]
        share = most.answered.each_second / echo
        times = beside.p99_ms / alone.p99_ms
        goals += [
            Goal(
                f"{name}, {most.load} in flight: at least {LEAST_SHARE_OF_ECHO:.0%} of bare echo",
                f"{share:.1%}: {most.answered.each_second:,.0f} of {echo:,.0f} a second",
                share >= LEAST_SHARE_OF_ECHO,
            ),
            Goal(
                f"{name}, at half of that load: p99 at most {MOST_P99_MS:.0f} ms",
                f"{half.answered.p99_ms:.0f} ms at {half.load}",
                half.answered.p99_ms <= MOST_P99_MS,
            ),
            Goal(
                f"{name}: beside a machine that floods, the p99 of quiet ones at most {MOST_TIMES_IDLE:.0f} × idle",
                f"{times:.1f} ×: {beside.p99_ms:.0f} ms, idle {alone.p99_ms:.0f} ms",
                times <= MOST_TIMES_IDLE,
            ),
        ]
    return goals


def _table(middle: dict[str, list[Measured]]) -> Table:
    rows = [
        (
            one.asked,
            one.load if one.load.endswith("/s") else f"{one.load} in flight",
            f"{one.answered.each_second:,.0f}",
            f"{one.answered.p50_ms:.1f}",
            f"{one.answered.p99_ms:.1f}",
            f"{one.cpu_microseconds:,.0f}",
        )
        for runs in middle.values()
        for one in runs
    ]
    head = ("asked", "load", "answered a second", "p50 ms", "p99 ms", "CPU µs a request")
    return Table(
        f"Windows requested, each granted, told by an event and answered from the disk; the middle one of {RUNS} runs",
        head,
        rows,
    )


def _flood_table(flood: dict[str, tuple[Answered, Answered, Answered]]) -> Table:
    rows = [
        (name, who, f"{one.each_second:,.0f}", f"{one.p50_ms:.1f}", f"{one.p99_ms:.1f}", f"{one.refused:,}")
        for name, answers in flood.items()
        for who, one in zip(
            ("quiet ones alone", "quiet ones beside the flood", "the flooding machine"), answers, strict=True
        )
    ]
    head = ("asked", "who", "answered a second", "p50 ms", "p99 ms", "refused")
    return Table("One machine floods, never more than 10,000 requests unanswered", head, rows)
