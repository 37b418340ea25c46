"""The whole run over the bus, command to audit-passed, beside bare nats-py that moves the same messages."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.bare_run import run_bare
from tests.benchmarks.deciding import Deciding, deciding_of
from tests.benchmarks.moved import bytes_of
from tests.benchmarks.section import Goal, Section, Table
from tests.benchmarks.services_run import SERVER, SERVICES, ServicesRun, Stage, run_services
from tests.benchmarks.synthetic import synthetic_fleet

SIZES: Final = (1_000, 10_000, 100_000)
MOST_TIMES: Final = 3.0
"""The goal: the services take at most so many times what bare clients take."""

MOST_MIB: Final = 1024.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A run of the services and the bare one, one after the other on the same machine."""

    machines: int
    services: ServicesRun
    bare: tuple[Stage, Stage]
    deciding: Deciding

    @property
    def stages(self) -> tuple[tuple[str, Stage, Stage], ...]:
        """By name, what each stage took the services and the bare clients."""
        return (
            ("import", self.services.importing, self.bare[0]),
            ("week", self.services.scheduling, self.bare[1]),
        )

    @property
    def times_wall(self) -> float:
        """How many times as long the services take."""
        return sum(ours.seconds for _, ours, _ in self.stages) / sum(bare.seconds for _, _, bare in self.stages)

    @property
    def times_cpu(self) -> float:
        """How many times as much CPU the services use as the bare clients, each without the server."""
        return sum(_cpu(ours) for _, ours, _ in self.stages) / sum(_cpu(bare) for _, _, bare in self.stages)

    @property
    def times_cpu_moving(self) -> float:
        """As `times_cpu`, without what is decided and written."""
        decided = self.deciding.planning + self.deciding.mails + self.deciding.audit
        ours = sum(_cpu(ours) for _, ours, _ in self.stages) - decided
        return ours / sum(_cpu(bare) for _, _, bare in self.stages)


def measure() -> Section:
    """Run all sizes, each side by side with its peer."""
    pairs = [asyncio.run(_pair(machines)) for machines in _sizes()]
    return Section(
        "bus",
        tables=[_table_of_stages(pairs), _table_of_services(pairs), _table_of_peaks(pairs), _table_of_deciding(pairs)],
        goals=[*_ratios(pairs), _memory(pairs)],
    )


def _sizes() -> tuple[int, ...]:
    """Return the sizes; MWEEK_BENCH_SIZES=1000,10000 chooses others, for somebody at work on the services."""
    chosen = os.environ.get("MWEEK_BENCH_SIZES")
    return tuple(int(size) for size in chosen.split(",")) if chosen else SIZES


async def _pair(machines: int) -> Pair:
    with tempfile.TemporaryDirectory(prefix="mweek-bench-") as folder:
        services = await run_services(synthetic_fleet(machines), Path(folder) / "services")
        bare = await run_bare(services, Path(folder) / "bare")
        pair = Pair(machines, services, bare, deciding_of(services.folder))
    print(_ratios([pair])[0], flush=True)  # the larger sizes take long, and somebody waits
    return pair


def _cpu(stage: Stage) -> float:
    return sum(stage.use[service].cpu_seconds for service in SERVICES)


def _ratios(pairs: Sequence[Pair]) -> list[Goal]:
    return [
        Goal(
            f"{pair.machines:,} machines: at most {MOST_TIMES:.0f} × bare nats-py, wall and CPU",
            f"{pair.times_wall:.1f} × the time, {pair.times_cpu:.1f} × the CPU"
            f" ({pair.times_cpu_moving:.1f} × without planning, writing mails and judging)",
            max(pair.times_wall, pair.times_cpu) <= MOST_TIMES,
        )
        for pair in pairs
    ]


def _memory(pairs: Sequence[Pair]) -> Goal:
    largest = pairs[-1]
    peaks = {name: max(stage.use[name].peak_mib for _, stage, _ in largest.stages) for name in SERVICES}
    name = max(peaks, key=lambda one: peaks[one])
    return Goal(
        f"{largest.machines:,} machines: each service well below 1 GiB",
        f"at most {peaks[name]:,.0f} MiB ({name})",
        peaks[name] < MOST_MIB,
    )


def _table_of_stages(pairs: Sequence[Pair]) -> Table:
    head = ("machines", "stage", "messages", "MiB", "wall s", "bare", "×", "CPU s", "bare", "×", "server CPU s", "bare")
    rows = [
        (
            f"{pair.machines:,}",
            name,
            f"{len(ours.messages):,}",
            f"{bytes_of(ours.messages) / 2**20:.1f}",
            *_beside(ours.seconds, bare.seconds),
            *_beside(_cpu(ours), _cpu(bare)),
            f"{ours.use[SERVER].cpu_seconds:.2f}",
            f"{bare.use[SERVER].cpu_seconds:.2f}",
        )
        for pair in pairs
        for name, ours, bare in pair.stages
    ]
    return Table("Both stages, services beside bare clients", head, rows)


def _beside(ours: float, bare: float) -> tuple[str, str, str]:
    return f"{ours:.2f}", f"{bare:.2f}", f"{ours / bare:.1f}"


def _table_of_services(pairs: Sequence[Pair]) -> Table:
    rows = [
        (
            f"{pair.machines:,}",
            name,
            *(f"{ours.use[service].cpu_seconds:.2f} ({bare.use[service].cpu_seconds:.2f})" for service in SERVICES),
        )
        for pair in pairs
        for name, ours, bare in pair.stages
    ]
    started = pairs[-1].services.start
    start = ("any", "start", *(f"{started[service].cpu_seconds:.2f}" for service in SERVICES))
    return Table(
        "CPU seconds of each service (of the bare client in its place)", ("machines", "", *SERVICES), [*rows, start]
    )


def _table_of_peaks(pairs: Sequence[Pair]) -> Table:
    names = (*SERVICES, SERVER)
    rows = [
        (f"{pair.machines:,}", name, *(f"{ours.use[process].peak_mib:,.0f}" for process in names))
        for pair in pairs
        for name, ours, _ in pair.stages
    ]
    started = pairs[-1].services.start
    start = ("any", "start", *(f"{started[process].peak_mib:,.0f}" for process in names))
    return Table("Peak memory in MiB", ("machines", "", *names), [*rows, start])


def _table_of_deciding(pairs: Sequence[Pair]) -> Table:
    rows = [
        (
            f"{pair.machines:,}",
            f"{pair.services.customers_told:,}",
            *(f"{seconds:.2f}" for seconds in (pair.deciding.planning, pair.deciding.mails, pair.deciding.audit)),
        )
        for pair in pairs
    ]
    head = ("machines", "customers told", "`plan()`", "writing the mails", "`audit()`")
    return Table("What is not moving messages, alone: CPU seconds", head, rows)
