"""How good plans are: beside the optimum that CP-SAT proves for the same decision, and beside other tools' choices."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks.comparison import MOST_CPU_SECONDS, NOW, WEEK, Compared, compare, compare_again
from tests.benchmarks.decision import Worth, worth
from tests.benchmarks.optimum import WORKERS, Found
from tests.benchmarks.rivals import MANY, RIVALS
from tests.benchmarks.section import Goal, Section, Table
from tests.benchmarks.synthetic import LOCATION, synthetic_fleet

SMALL, LARGE = 236, 2_000
SEEDS: Final = range(1, 21)
BY_KIND: Final = "a variable for each kind of group, two steps"
BY_MACHINE: Final = "a variable for each machine, two steps"
PLAIN: Final = "a variable for each machine, one weighted objective"
SEEDS_BY_MACHINE: Final = (1, 2, 3)
"""A variable for each machine takes a minute a seed."""
AUDITED_SEEDS: Final = (1, 2, 3)
LESS_CPU: Final = 1_000
MOST_DEVIATION: Final = 1.10
LARGE_CUSTOMER: Final = 4
"""Production machines from which on a customer is missed on Wednesday."""
COMMANDS: Final = Path(sys.executable).parent


def measure() -> Section:
    """Compare all fleets."""
    small, large = ([compare(machines, seed) for seed in SEEDS] for machines in (SMALL, LARGE))
    by_machine, plain = (
        [compare_again(one, formulation=formulation) for one in large if one.seed in SEEDS_BY_MACHINE]
        for formulation in ("by-machine", "plain")
    )
    audited = [_is_passed(machines, seed) for machines in (SMALL, LARGE) for seed in AUDITED_SEEDS]
    tables = [
        _beside_cpsat(f"{SMALL} machines, CP-SAT with {BY_KIND}", small),
        _beside_cpsat(f"{LARGE:,} machines, CP-SAT with {BY_KIND}", large),
        _beside_cpsat(f"{LARGE:,} machines, CP-SAT with {BY_MACHINE}", by_machine),
        _beside_cpsat(
            f"{LARGE:,} machines, CP-SAT with {PLAIN}, stopped at {MOST_CPU_SECONDS['plain']:.0f} CPU s", plain
        ),
        _beside_rivals(f"{SMALL} machines, the sums of {len(SEEDS)} seeds", small),
        _beside_rivals(f"{LARGE:,} machines, the sums of {len(SEEDS)} seeds", large),
    ]
    # The third is stopped before it has proven anything: its ratio says where it was stopped, and is no goal.
    costs = [_cpu_goal(BY_KIND, large), _cpu_goal(BY_MACHINE, by_machine)]
    return Section("quality", tables, [*_goals(small, large, audited), *costs])


def _goals(small: Sequence[Compared], large: Sequence[Compared], audited: Sequence[bool]) -> list[Goal]:
    both = [*small, *large]
    fewest = [one.has_fewest_conflicts and one.planned.missed == 0 for one in both]
    least_off = [one.planned.off == one.least_off for one in both]
    excess = sum(one.planned.off - one.least_off for one in both)
    deviations = [_deviation_ratio(one) for one in large]
    return [
        Goal(
            "targets met, redundancy conflicts equal to the optimum on every seed",
            f"{sum(fewest[: len(small)])} of {len(small)} seeds at {SMALL}, "
            f"{sum(fewest[len(small) :])} of {len(large)} at {LARGE:,}",
            all(fewest),
        ),
        Goal(
            "no customer off its floor or ceiling but where no week with as few conflicts has fewer",
            f"{sum(least_off)} of {len(both)} seeds; of {sum(map(_customers, both)):,} customers in entries "
            f"{sum(one.planned.off for one in both)} are off, {excess} needlessly",
            all(least_off),
        ),
        Goal(
            f"customers' deviation ≤ {MOST_DEVIATION} × the optimum at {LARGE:,}",
            f"median {median(deviations):.2f}, most {max(deviations):.2f}",
            max(deviations) <= MOST_DEVIATION,
        ),
        Goal("the auditor finds nothing", f"{sum(audited)} of {len(audited)} plans", all(audited)),
    ]


def _cpu_goal(formulation: str, compared: Sequence[Compared]) -> Goal:
    ratios = [one.ratio for one in compared]
    return Goal(
        f"≥ {LESS_CPU:,} × less CPU than CP-SAT at {LARGE:,} with {formulation}",
        f"median {median(ratios):,.0f} × ({min(ratios):,.0f}–{max(ratios):,.0f}), {len(ratios)} seeds",
        median(ratios) >= LESS_CPU,
    )


def _beside_cpsat(title: str, compared: Sequence[Compared]) -> Table:
    head = (
        "seed", "groups", "conflicts: planner", "CP-SAT", "customers off: planner", "least",
        "deviation: planner", "CP-SAT", f"CPU s: CP-SAT, {WORKERS} workers", "CPU ms: plan()", "ratio",
    )  # fmt: skip
    rows = [
        (
            str(one.seed),
            str(len({choice.group for choice in one.made.choices if choice.group})),
            str(one.planned.conflicts),
            _found(one.optimum.conflicts, "d"),
            str(one.planned.off),
            str(one.least_off),
            f"{float(one.planned.deviation):.2f}",
            _found(one.optimum.besides, ".2f"),
            f"{one.optimum.cpu_seconds:.2f}",
            f"{one.plan_cpu_seconds * 1e3:.1f}",
            f"{one.ratio:,.0f}",
        )
        for one in compared
    ]
    return Table(title, head, rows)


def _found(found: Found, form: str) -> str:
    """Return a proven optimum as it is, anything else with its bound and status."""
    bound = format(round(found.bound) if form == "d" else found.bound, form)
    if found.value is None:
        return f"none found (bound {bound})"
    value = format(round(found.value) if form == "d" else found.value, form)
    return value if found.is_proven else f"{value} (bound {bound}, {found.status.lower()})"


def _deviation_ratio(one: Compared) -> float:
    return float(one.planned.deviation) / one.optimum.besides.bound


def _customers(one: Compared) -> int:
    """How many customers share bounded entries, counted in each."""
    owner_of = {choice.name: choice.owner for choice in one.made.choices}
    shared = (entry.population for entry in one.made.entries if entry.target and entry.by_share)
    return sum(len({owner_of[name] for name in population}) for population in shared)


def _beside_rivals(title: str, compared: Sequence[Compared]) -> Table:
    chosen: dict[str, list[Mapping[str, str]]] = {"`plan()`": [one.phase_of for one in compared]}
    for name, choose in RIVALS.items():
        chosen[name] = [{**one.phase_of, **choose(*_production(one), one.seed)} for one in compared]
    head = (
        "choice by",
        "conflicts",
        "customers off",
        "large customers not seen on Wednesday",
        "machines off target",
        "deviation",
    )
    rows = []
    for name, weeks in chosen.items():
        worths = [worth(one.made, phase_of) for one, phase_of in zip(compared, weeks, strict=True)]
        unseen = sum(_unseen(one, phase_of) for one, phase_of in zip(compared, weeks, strict=True))
        rows.append((name, *_sums(worths, unseen)))
    return Table(title, head, rows)


def _sums(worths: Sequence[Worth], unseen: int) -> tuple[str, ...]:
    counts = (sum(w.conflicts for w in worths), sum(w.off for w in worths), unseen, sum(w.missed for w in worths))
    return (*(f"{count:,}" for count in counts), f"{float(sum(w.deviation for w in worths)):,.0f}")


def _production(one: Compared) -> tuple[list[Mapping[str, str]], set[str]]:
    """Return the machines that rivals choose from, and the names of the untested among them."""
    tested = {row["customer"] for row in one.rows if row["environment"] == "test"}
    production = [row for row in one.rows if row["role"] == "customer" and row["environment"] == "production"]
    return production, {row["name"] for row in production if row["customer"] not in tested}


def _unseen(one: Compared, phase_of: Mapping[str, str]) -> int:
    production, _ = _production(one)
    owned = Counter(row["customer"] for row in production)
    seen = {row["customer"] for row in production if phase_of[row["name"]] == MANY}
    return sum(count >= LARGE_CUSTOMER and owner not in seen for owner, count in owned.items())


def _is_passed(machines: int, seed: int) -> bool:
    """Return whether the auditor finds nothing wrong with the plan that the command makes of the fleet's file."""
    with tempfile.TemporaryDirectory() as folder:
        fleet = synthetic_fleet(machines, seed=seed).write_json_lines(Path(folder) / "fleet.jsonl")
        now = ("--now", f"{NOW:%Y-%m-%dT%H:%M}Z")
        planned = _run(
            "mweek-planner", "plan", "--fleet", fleet, "--location", LOCATION, "--week", WEEK, *now, "--json"
        )
        file = Path(folder) / "plan.json"
        file.write_bytes(planned.stdout)
        return (
            planned.returncode == 0 and _run("mweek-auditor", "check", "--plan", file, "--fleet", fleet).returncode == 0
        )


def _run(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([COMMANDS / command, *arguments], capture_output=True, check=False)
