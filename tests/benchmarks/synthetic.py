"""Synthetic fleets of any size, as a provider has them: few large and many small customers, pairs and triples of peers.

The same seed gives the same fleet. All text: what is measured reads it as anybody's fleet file is read.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCATION: Final = "rzob"
MACHINES_PER_CUSTOMER: Final = 12
INFRASTRUCTURE: Final = (
    ("automation", 0.010, "virtual"),
    ("monitoring", 0.015, "virtual"),
    ("build", 0.015, "physical"),
    ("router", 0.008, "physical"),
    ("storage", 0.060, "physical"),
    ("kvm-host", 0.080, "physical"),
    ("litmus", 0.012, "virtual"),
)
"""Roles of the operator's own machines with their part of the fleet; the reference fleet's proportions."""

TESTED_CUSTOMERS: Final = 0.6
TEST_MACHINES: Final = 0.33
"""Of the machines of a tested customer."""
PAIRS, TRIPLES = 0.15, 0.04
"""How many of the draws of a production machine open a redundancy group of two or three."""

COLUMNS: Final = (
    "name", "kind", "role", "environment", "customer", "host", "redundancy_group", "profile", "os_release",
    "hardware_model", "bios_version", "downtime_minutes",
)  # fmt: skip

INVENTORY_VARIABLES: Final = {"kind": "kind", "stage": "environment", "customer": "customer", "profile": "profile"}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class SyntheticFleet:
    """Rows of machines (all columns, absent values empty) and the names of their customers."""

    machines: Sequence[Row]
    customers: Sequence[str]

    def write_csv(self, file: Path) -> Path:
        """Write the machines as CSV, which knows no customers."""
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.machines)
        return file

    def write_json_lines(self, file: Path) -> Path:
        """Write customers and machines, one a line."""
        with file.open("w") as out:
            for name in self.customers:
                contact = {"name": "Operations", "email": f"ops@{name}.example"}
                out.write(json.dumps({"customer": {"customer": name, "contacts": [contact]}}) + "\n")
            for row in self.machines:
                machine: dict[str, object] = {key: value for key, value in row.items() if value}
                machine["downtime_minutes"] = int(row["downtime_minutes"])
                out.write(json.dumps({"machine": machine}) + "\n")
        return file

    def write_ansible_inventory(self, file: Path) -> Path:
        """Write the machines as an INI inventory, grouped by role, with four variables a host."""
        by_role: dict[str, list[Row]] = {}
        for row in self.machines:
            by_role.setdefault(row["role"].replace("-", "_"), []).append(row)
        with file.open("w") as out:
            for role, rows in by_role.items():
                out.write(f"[{role}]\n")
                for row in rows:
                    # A variable named environment would be reserved, and cost Ansible a warning for each host.
                    variables = " ".join(f"{key}={row[field]}" for key, field in INVENTORY_VARIABLES.items())
                    out.write(f"{row['name']} ansible_connection=local {variables}\n")
        return file


def synthetic_fleet(machines: int, *, seed: int = 1) -> SyntheticFleet:
    """Return a fleet of exactly so many machines."""
    dice = random.Random(f"{machines}/{seed}")
    customers = [f"customer{number:06d}" for number in range(max(2, machines // MACHINES_PER_CUSTOMER))]
    rows: list[Row] = []
    hosts: list[str] = []
    for role, part, kind in INFRASTRUCTURE:
        for number in range(max(1, round(machines * part))):
            rows.append(_row(dice, f"{role}{number:06d}", kind=kind, role=role, environment="internal"))
        if role == "kvm-host":
            hosts = [row["name"] for row in rows if row["role"] == "kvm-host"]
    rows.extend(_customer_machines(dice, customers, hosts, machines - len(rows)))
    dice.shuffle(rows)
    return SyntheticFleet(rows, customers)


def _customer_machines(
    dice: random.Random, customers: Sequence[str], hosts: Sequence[str], wanted: int
) -> Iterator[Row]:
    # Zipf-like: the second largest customer has half as many machines as the largest.
    weights = [1 / (place + 1) ** 0.8 for place in range(len(customers))]
    tested = {customer for customer in customers if dice.random() < TESTED_CUSTOMERS}
    owners = dice.choices(customers, weights, k=wanted)
    made = 0
    while made < wanted:
        owner = owners[made]
        is_test = owner in tested and dice.random() < TEST_MACHINES
        draw = dice.random()
        size = 1 if is_test else 3 if draw < TRIPLES else 2 if draw < TRIPLES + PAIRS else 1
        size = min(size, wanted - made)
        group = f"{owner}-g{made:07d}" if size > 1 else ""
        for _ in range(size):
            environment = "test" if is_test else "production"
            row = _row(dice, f"vm{made:07d}", kind="virtual", role="customer", environment=environment)
            yield row | {"customer": owner, "redundancy_group": group, "host": dice.choice(hosts)}
            made += 1


def _row(dice: random.Random, name: str, *, kind: str, role: str, environment: str) -> Row:
    return {
        "name": name,
        "kind": kind,
        "role": role,
        "environment": environment,
        "customer": "",
        "host": "",
        "redundancy_group": "",
        "profile": f"profile{min(int(dice.expovariate(0.25)), 24):02d}",
        "os_release": dice.choice(("25.05", "25.11", "25.11", "26.05")),
        "hardware_model": "qemu" if kind == "virtual" else dice.choice(("r640", "r650", "r750", "x11")),
        "bios_version": f"1.{min(int(dice.expovariate(0.5)), 9)}",
        "downtime_minutes": str(dice.choice((10, 15, 15, 20, 30, 45))),
    }


if __name__ == "__main__":
    synthetic = synthetic_fleet(int(sys.argv[1]))
    synthetic.write_csv(Path(sys.argv[2]))
    synthetic.write_ansible_inventory(Path(sys.argv[3]))
