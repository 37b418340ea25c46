"""The committed reference fleets: what the generator prints, and of the article's composition."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from mweek_contracts.documents import FleetDocument, read_fleet, read_pattern
from mweek_contracts.fleet import Environment, Kind, MachineFields
from mweek_contracts.weeks import week_starts_at

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "deploy/reference"


@pytest.fixture(scope="module")
def rzob() -> FleetDocument:
    """The article's location."""
    return read_fleet(REFERENCE / "rzob.yaml")


def test_committed_files_are_what_the_generator_prints(tmp_path: Path) -> None:
    """A change by hand would be lost with the next run: it belongs into the generator, or into a copy."""
    subprocess.run([sys.executable, ROOT / "tools/reference_fleet.py", tmp_path], check=True)
    for printed in sorted(tmp_path.iterdir()):
        assert printed.read_text() == (REFERENCE / printed.name).read_text(), printed.name
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["rzob.yaml", "whq.yaml"]


def test_reference_fleet_is_composed_as_the_article_says(rzob: FleetDocument) -> None:
    """Hosts, virtual machines and roles of design section 6."""
    kinds = Counter(machine.kind for machine in rzob.machines)
    roles = Counter((machine.role, machine.kind.value) for machine in rzob.machines)
    own = Counter(m.kind for m in rzob.machines if m.role in ("automation", "monitoring", "build"))
    assert kinds == {Kind.PHYSICAL: 41, Kind.VIRTUAL: 195}
    assert own == {Kind.PHYSICAL: 4, Kind.VIRTUAL: 7}
    assert roles[("router", "physical")] == 2
    assert roles[("storage", "physical")] == 15
    assert roles[("kvm-host", "physical")] == 20
    assert roles[("litmus", "virtual")] == 3
    assert roles[("customer", "virtual")] == 185


def test_56_production_machines_belong_to_customers_without_test_machines(rzob: FleetDocument) -> None:
    """Tested is who owns a test machine in service."""
    owned = [machine for machine in rzob.machines if machine.customer]
    tests = [machine for machine in owned if machine.environment is Environment.TEST]
    production = [machine for machine in owned if machine.environment is Environment.PRODUCTION]
    tested = {machine.customer for machine in tests}
    assert len(tests) == 45
    assert len(production) == 140
    assert sum(machine.customer not in tested for machine in production) == 56


def test_peers_stand_on_different_hosts(rzob: FleetDocument) -> None:
    """Else the group would be down with its host."""
    groups: dict[str, list[MachineFields]] = {}
    for machine in rzob.machines:
        if machine.redundancy_group:
            groups.setdefault(machine.redundancy_group, []).append(machine)
    assert Counter(len(group) for group in groups.values()) == {2: 28, 3: 3}
    for name, group in groups.items():
        hosts = [machine.host for machine in group if machine.host]
        assert len(set(hosts)) == len(hosts), name


def test_no_customer_has_a_blackout_in_the_week_of_the_demonstration(rzob: FleetDocument) -> None:
    """The article's figures have no exceptions in them."""
    opens_at = week_starts_at("2026-W49")
    closes_at = opens_at + timedelta(weeks=1)
    blackouts = [blackout for customer in rzob.customers for blackout in customer.blackouts]
    assert len(blackouts) == 4
    assert all(blackout.ends_at <= opens_at or blackout.starts_at >= closes_at for blackout in blackouts)


def test_the_second_location_shares_one_customer_and_no_machine(rzob: FleetDocument) -> None:
    """The shared customer's record is the same in both, so that no import undoes the other."""
    whq = read_fleet(REFERENCE / "whq.yaml")
    shared = {c.customer: c for c in rzob.customers}.items() & {c.customer: c for c in whq.customers}.items()
    assert len(whq.machines) == 40
    assert [name for name, _ in shared] == ["seehafen"]
    assert not {m.name for m in rzob.machines} & {m.name for m in whq.machines}


def test_the_example_pattern_can_be_read() -> None:
    """It is what the documentation tells an operator to try."""
    pattern = read_pattern(REFERENCE / "two-evenings.yaml")
    assert [phase.name for phase in pattern.phases] == [
        "tuesday-evening",
        "wednesday-evening",
        "saturday-morning",
        "saturday-noon",
    ]
