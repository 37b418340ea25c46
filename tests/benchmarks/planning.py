"""What planning a week costs: as it grows, beside Ansible over the same hosts, beside the least that Python can do."""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression
from typing import Final

from tests.benchmarks.processes import Cost, middle, run
from tests.benchmarks.section import Goal, Section, Table
from tests.benchmarks.synthetic import LOCATION

GROWTH: Final = (1_000, 10_000, 100_000, 1_000_000)
BESIDE_INVENTORY: Final = (1_000, 10_000, 50_000)
BESIDE_PLAYBOOK: Final = (1_000, 10_000)
MILLION: Final = GROWTH[-1]
SHORT_CPU_SECONDS: Final = 3.0
LONG_CPU_SECONDS: Final = 15.0
MOST_RUNS: Final = 9
SOME_RUNS: Final = 3
"""What is short is run more often: on a machine with neighbours one run of it may cost half as much again as the next.
What takes long is run once, for its spread is a tenth."""
_MEDIAN: Final = (
    f"median of {MOST_RUNS} runs, of {SOME_RUNS} from {SHORT_CPU_SECONDS:.0f} CPU s on, one run from "
    f"{LONG_CPU_SECONDS:.0f} on"
)

MOST_GROWTH: Final = 1.15
LEAST_RATIOS: Final = {("inventory", 1_000): 10, ("inventory", 50_000): 40, ("playbook", 10_000): 60}
MOST_OVER_BARE: Final = 1.3
MOST_MEBIBYTES: Final = 1024

BIN: Final = Path(sys.executable).parent
WEEK: Final = ("--location", LOCATION, "--week", "2026-W49", "--now", "2026-11-23T08:00Z")
PLAYBOOK: Final = """\
- hosts: all
  gather_facts: false
  serial: [1, "5%", "30%", "100%"]
  tasks:
    - meta: noop
"""
BATCHES: Final = 4
UNSLOWED: Final = {
    "ANSIBLE_INVENTORY_ENABLED": "ini",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_DEPRECATION_WARNINGS": "false",
    "ANSIBLE_NOCOLOR": "true",
    "LC_ALL": "C.UTF-8",
}
"""What would slow Ansible down without need: other inventory formats tried, warnings, colours."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The same machines as each command wants them."""

    machines: int
    csv: Path
    inventory: Path


@dataclass(frozen=True, slots=True)
class Alone:
    """One fleet in a process that does nothing but read, plan and write."""

    read: float
    plan: float
    write: float
    peak_mebibytes: float


Costs = Mapping[int, Cost]
"""By the number of machines."""


def measure() -> Section:
    """Measure all of it, one after the other; what is compared takes turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fleets = {machines: _fleet(folder, machines) for machines in sorted({*GROWTH, *BESIDE_INVENTORY})}
        alone = {machines: _alone(fleets[machines], folder / "plan.csv") for machines in GROWTH}
        planned, bare = _in_turns(_plan(fleets[MILLION], folder / "plan.csv"), _bare(fleets[MILLION], folder))
        ours, inventory, playbook = _beside_ansible(fleets, folder)
    return Section(
        "planning",
        [_growth_table(alone), *_ansible_tables(ours, inventory, playbook), _million_table(planned, bare)],
        [
            *_ratio_goals(ours, {"inventory": inventory, "playbook": playbook}),
            _goal(
                "1,000,000 machines: CPU beside bare columns", planned.cpu_seconds / bare.cpu_seconds, MOST_OVER_BARE
            ),
            _goal("1,000,000 machines: peak memory in MiB", planned.peak_mebibytes, MOST_MEBIBYTES),
            _goal("growth exponent of `plan()`, 1,000 to 1,000,000 machines", _exponent(alone), MOST_GROWTH),
        ],
    )


def _fleet(folder: Path, machines: int) -> Fleet:
    fleet = Fleet(machines, folder / f"{machines}.csv", folder / f"{machines}.ini")
    # In another process: the largest resident set of this one would be the least that any other can show.
    run(
        [sys.executable, "-m", "tests.benchmarks.synthetic", str(machines), fleet.csv, fleet.inventory],
        out=folder / "log",
    )
    return fleet


def _alone(fleet: Fleet, plan: Path) -> Alone:
    runs: list[Alone] = []
    while not runs or len(runs) < _runs(runs[0].plan):
        command = [sys.executable, "-m", "tests.benchmarks.planning_alone", fleet.csv, plan]
        cost = run(command, out=plan.with_suffix(".steps"))
        runs.append(Alone(**json.loads(plan.with_suffix(".steps").read_text()), peak_mebibytes=cost.peak_mebibytes))
    return sorted(runs, key=lambda one: one.plan)[len(runs) // 2]


Measurement = Callable[[], Cost]


def _in_turns(*measurements: Measurement) -> list[Cost]:
    """Return the middle of several runs of each, or the one run of what takes long."""
    costs: list[list[Cost]] = [[] for _ in measurements]
    for number in range(MOST_RUNS):
        for measurement, so_far in zip(measurements, costs, strict=True):
            if not number or number < _runs(so_far[0].cpu_seconds):
                so_far.append(measurement())
    return [middle(some) for some in costs]


def _runs(cpu_seconds: float) -> int:
    """Return how often to run what took so long the first time."""
    if cpu_seconds > LONG_CPU_SECONDS:
        return 1
    return SOME_RUNS if cpu_seconds > SHORT_CPU_SECONDS else MOST_RUNS


def _plan(fleet: Fleet, out: Path, form: str = "csv") -> Measurement:
    def measured() -> Cost:
        cost = run([BIN / "mweek-planner", "plan", *WEEK, "--fleet", fleet.csv, "--format", form], out=out)
        with out.open() as lines:
            written = sum(1 for _ in lines)
        if written <= fleet.machines:
            raise RuntimeError(f"{written} lines for {fleet.machines} machines")
        return cost

    return measured


def _bare(fleet: Fleet, folder: Path) -> Measurement:
    command = [sys.executable, "-m", "tests.benchmarks.bare_columns", fleet.csv, folder / "bare.csv"]
    return lambda: run(command, out=folder / "log")


def _inventory(fleet: Fleet, folder: Path) -> Measurement:
    command = [BIN / "ansible-inventory", "-i", fleet.inventory, "--list"]

    def measured() -> Cost:
        cost = run(command, out=folder / "inventory.json", environment=UNSLOWED)
        known = len(json.loads((folder / "inventory.json").read_bytes())["_meta"]["hostvars"])
        if known != fleet.machines:
            raise RuntimeError(f"{known} hosts for {fleet.machines} machines")
        return cost

    return measured


def _playbook(fleet: Fleet, folder: Path) -> Measurement:
    (folder / "noop.yaml").write_text(PLAYBOOK)
    command = [BIN / "ansible-playbook", "-i", fleet.inventory, folder / "noop.yaml"]

    def measured() -> Cost:
        cost = run(command, out=folder / "playbook.log", environment=UNSLOWED)
        batches = (folder / "playbook.log").read_text().count("PLAY [all]")
        if batches != BATCHES:
            raise RuntimeError(f"{batches} batches instead of {BATCHES}")
        return cost

    return measured


def _beside_ansible(fleets: Mapping[int, Fleet], folder: Path) -> tuple[dict[str, Costs], Costs, Costs]:
    """Return what planning costs by form of output, and what both commands of Ansible cost."""
    ours: dict[str, dict[int, Cost]] = {"csv": {}, "json": {}}
    inventory: dict[int, Cost] = {}
    playbook: dict[int, Cost] = {}
    for machines in BESIDE_INVENTORY:
        fleet = fleets[machines]
        measured = [_plan(fleet, folder / "plan", form) for form in ours] + [_inventory(fleet, folder)]
        if machines in BESIDE_PLAYBOOK:
            measured.append(_playbook(fleet, folder))
        costs = _in_turns(*measured)
        ours["csv"][machines], ours["json"][machines], inventory[machines] = costs[:3]
        if machines in BESIDE_PLAYBOOK:
            playbook[machines] = costs[3]
    return dict(ours), inventory, playbook


def _ratio_goals(ours: Mapping[str, Costs], peers: Mapping[str, Costs]) -> list[Goal]:
    names = {"inventory": "`ansible-inventory --list`", "playbook": "Ansible's no-op playbook"}
    goals = []
    for (peer, machines), least in LEAST_RATIOS.items():
        ratio = peers[peer][machines].cpu_seconds / ours["csv"][machines].cpu_seconds
        text = f"{machines:,} machines: times less CPU than {names[peer]}, at least {least}"
        goals.append(Goal(text, f"{ratio:.1f}", ratio >= least))
    return goals


def _goal(text: str, measured: float, most: float) -> Goal:
    return Goal(f"{text}, at most {most:,}", f"{measured:,.2f}", measured <= most)


def _exponent(alone: Mapping[int, Alone]) -> float:
    """Return the slope of the line through the logarithms of machines and CPU seconds."""
    x = [math.log(machines) for machines in alone]
    return linear_regression(x, [math.log(one.plan) for one in alone.values()]).slope


def _growth_table(alone: Mapping[int, Alone]) -> Table:
    rows = [
        (f"{machines:,}", f"{one.read:.3f}", f"{one.plan:.3f}", f"{one.write:.3f}", f"{one.peak_mebibytes:,.0f}")
        for machines, one in alone.items()
    ]
    title = f"`plan()` and what is around it, CPU s without imports: {_MEDIAN}"
    return Table(title, ("machines", "read CSV", "`plan()`", "write CSV", "peak MiB"), rows)


def _ansible_tables(ours: Mapping[str, Costs], inventory: Costs, playbook: Costs) -> list[Table]:
    names = {
        "csv": "`mweek-planner plan --format csv`",
        "json": "`mweek-planner plan --format json`",
        "inventory": "`ansible-inventory --list`",
        "playbook": '`ansible-playbook`, `meta: noop`, `serial: [1, "5%", "30%", "100%"]`',
    }
    costs = {**ours, "inventory": inventory, "playbook": playbook}
    rows = [
        (f"{machines:,}", names[name], f"{cost[machines].cpu_seconds:.3f}", f"{cost[machines].peak_mebibytes:,.0f}",
         f"{cost[machines].cpu_seconds / ours['csv'][machines].cpu_seconds:.1f}")
        for machines in BESIDE_INVENTORY
        for name, cost in costs.items()
        if machines in cost
    ]  # fmt: skip
    title = f"Whole processes over the same hosts, {_MEDIAN}"
    return [Table(title, ("machines", "command", "CPU s", "peak MiB", "times ours"), rows)]


def _million_table(planned: Cost, bare: Cost) -> Table:
    rows = [
        (name, f"{cost.cpu_seconds:.2f}", f"{cost.peak_mebibytes:,.0f}")
        for name, cost in (("`mweek-planner plan --format csv`", planned), ("bare columns, no rules", bare))
    ]
    return Table(f"{MILLION:,} machines, {_MEDIAN}", ("process", "CPU s", "peak MiB"), rows)
