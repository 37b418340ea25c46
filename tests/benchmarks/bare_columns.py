"""The least that any planner of a week does in plain Python: read columns, sort by the same keys, apportion, write.

No rules: no redundancy, variety, notice, blackouts, hosts, reasons, and nothing is checked. Each quota of the week goes
to customers by largest remainder, within a customer to those who were early least often, then by the same sha256. What
the planner takes more than this is the price of its rules.
"""

from __future__ import annotations

import csv
import gc
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

ROWS_AT_ONCE: Final = 10_000
CUSTOMER, OPERATOR, UNTESTED, TEST = "customer", "operator", "untested", "test"
QUOTAS: Final = (
    ("monday-1300", "router", 1, 0),
    ("monday-1300", "storage", 1, 0),
    ("monday-1700", TEST, 0, 1200),
    ("tuesday-1700", UNTESTED, 0, 500),
    ("tuesday-1700", "storage", 0, 2000),
    ("wednesday-1700", CUSTOMER, 0, 3000),
    ("wednesday-1700", "storage", 0, 3000),
)
"""Phase, stratum, machines, basis points: the bounded entries of `one-few-many`."""

REST: Final[Mapping[str, str]] = {
    "automation": "monday-0900",
    "monitoring": "monday-0900",
    "build": "monday-0900",
    "litmus": "monday-1700",
    TEST: "tuesday-1700",
    "kvm-host": "saturday-0900",
    "router": "saturday-1300",
}
"""Where the rest of a stratum goes; what is not named here goes on Thursday."""

LAST: Final = "thursday-1700"
WINDOWS: Final[Mapping[str, str]] = {
    "monday-0900": "2026-11-30T09:00:00Z,2026-11-30T13:00:00Z",
    "monday-1300": "2026-11-30T13:00:00Z,2026-11-30T17:00:00Z",
    "monday-1700": "2026-11-30T17:00:00Z,2026-11-30T22:00:00Z",
    "tuesday-1700": "2026-12-01T17:00:00Z,2026-12-01T22:00:00Z",
    "wednesday-1700": "2026-12-02T17:00:00Z,2026-12-02T22:00:00Z",
    LAST: "2026-12-03T17:00:00Z,2026-12-03T22:00:00Z",
    "saturday-0900": "2026-12-05T09:00:00Z,2026-12-05T13:00:00Z",
    "saturday-1300": "2026-12-05T13:00:00Z,2026-12-05T17:00:00Z",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read of a fleet; row *n* of all columns is one machine."""

    name: Sequence[str]
    role: Sequence[str]
    environment: Sequence[str]
    customer: Sequence[str]


def main(fleet: Path, plan: Path, *, location: str = "rzob", week: str = "2026-W49") -> None:
    """Read a CSV fleet and write one line for each machine."""
    # As the planner does: nothing here is garbage before the process ends.
    gc.disable()
    columns = read(fleet)
    turn = in_turn(columns.name, prefix=f"{location}/{week}/", early={})
    write(plan, columns, placed(columns, turn))


def read(fleet: Path) -> Columns:
    """Return the columns of a CSV file, equal texts as one object."""
    with fleet.open(newline="") as text:
        rows = csv.reader(text)
        header = next(rows)
        wanted = [header.index(field) for field in ("name", "role", "environment", "customer")]
        columns: list[list[str]] = [[] for _ in wanted]
        known: dict[str, str] = {}
        while some := list(islice(rows, ROWS_AT_ONCE)):
            cells = list(zip(*some, strict=True))
            for column, place in zip(columns, wanted, strict=True):
                unique = column is columns[0]
                column.extend(cells[place] if unique else map(known.setdefault, cells[place], cells[place]))
    return Columns(*columns)


def in_turn(names: Sequence[str], *, prefix: str, early: Mapping[str, int]) -> list[int]:
    """Return the rows sorted by how often they were early, then by digest: the one sort."""
    digests = [sha256((prefix + name).encode()).hexdigest() for name in names]
    turn = sorted(range(len(names)), key=digests.__getitem__)
    if early:
        turn.sort(key=lambda row: early.get(names[row], 0))
    return turn


def placed(columns: Columns, turn: Sequence[int]) -> list[str]:
    """Return the phase of each row."""
    strata = _strata(columns, turn)
    phase_of = [""] * len(turn)
    for phase, stratum, count, share in QUOTAS:
        members = strata[CUSTOMER] + strata[UNTESTED] if stratum == CUSTOMER else strata[stratum]
        seats = apportioned(count or -(-len(members) * share // 10_000), Counter(columns.customer[m] for m in members))
        for row in members:
            customer = columns.customer[row]
            if not phase_of[row] and seats[customer]:
                seats[customer] -= 1
                phase_of[row] = phase
    for stratum, members in strata.items():
        rest = REST.get(stratum, LAST)
        for row in members:
            phase_of[row] = phase_of[row] or rest
    return phase_of


def _strata(columns: Columns, turn: Sequence[int]) -> dict[str, list[int]]:
    tested = {c for c, environment in zip(columns.customer, columns.environment, strict=True) if environment == "test"}
    strata: dict[str, list[int]] = {stratum: [] for stratum in (CUSTOMER, UNTESTED, TEST, *columns.role)}
    for row in turn:
        stratum = columns.role[row]
        if stratum == CUSTOMER:
            if columns.environment[row] == "test":
                stratum = TEST
            elif columns.customer[row] not in tested:
                stratum = UNTESTED
        strata[stratum].append(row)
    return strata


def apportioned(seats: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return the seats of each customer by largest remainder, ties by name."""
    total = sum(weights.values())
    shares = {customer: divmod(seats * weight, total) for customer, weight in weights.items()}
    result = {customer: floor for customer, (floor, _) in shares.items()}
    by_remainder = sorted(shares, key=lambda customer: (-shares[customer][1], customer))
    for customer in by_remainder[: seats - sum(result.values())]:
        result[customer] += 1
    return result


def write(plan: Path, columns: Columns, phase_of: Sequence[str]) -> None:
    """Write machine, phase and window of each row."""
    with plan.open("w") as out:
        out.writelines(_lines(columns, phase_of))


def _lines(columns: Columns, phase_of: Sequence[str]) -> Iterator[str]:
    endings = {phase: f",{phase},{window}\n" for phase, window in WINDOWS.items()}
    return (name + endings[phase] for name, phase in zip(columns.name, phase_of, strict=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
