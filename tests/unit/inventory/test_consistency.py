"""What an import may not do to what is known."""

from __future__ import annotations

from typing import Any

import pytest
from mweek_inventory.domain.consistency import problems_of
from mweek_inventory.domain.fleet import Customer, KnownCustomer, KnownFleet, KnownMachine, Machine, Policy
from mweek_inventory.domain.fleet_import import FleetImport, ImportProblem, Placed


def machine(name: str, *, host: str | None = None, customer: str | None = None, virtual: bool = False) -> Machine:
    """Return a machine; virtual where it has a host."""
    return Machine(name=name, virtual=virtual or host is not None, customer=customer, host=host, digest=f"of {name}")


def known(*machines: Machine, customers: tuple[str, ...] = (), removed: tuple[str, ...] = ()) -> KnownFleet:
    """Return what is known; the names in `removed` were there once."""
    return KnownFleet(
        machines={one.name: KnownMachine(one, 1, removed=one.name in removed) for one in machines},
        customers={
            name: KnownCustomer(Customer(customer=name, digest=name), 1, removed=name in removed) for name in customers
        },
        owned_elsewhere={},
    )


def asked(*machines: Machine, customers: tuple[str, ...] = (), **fields: Any) -> FleetImport:
    """Return an import; `remove_machines` and `remove_customers` as names."""
    removals = {key: value for key, value in fields.items() if key.startswith("remove")}
    placed = {
        key: tuple(Placed(name, f"{key}[{i}]") for i, name in enumerate(names)) for key, names in removals.items()
    }
    return FleetImport(
        location="rzob",
        machines=tuple(Placed(one, f"machines[{i}]") for i, one in enumerate(machines)),
        customers=tuple(
            Placed(Customer(customer=name, digest=name), f"customers[{i}]") for i, name in enumerate(customers)
        ),
        replaces=bool(fields.get("replaces", False)),
        **placed,
    )


KYLE = machine("kyle07")
GUEST = machine("acme03", host="kyle07", customer="acme")

CASES = {
    "machine named twice": (
        asked(KYLE, KYLE),
        known(),
        "machines[1].name: kyle07 is named twice, first at machines[0].name",
    ),
    "customer named twice": (
        asked(customers=("acme", "acme")),
        known(),
        "customers[1].customer: acme is named twice, first at customers[0].customer",
    ),
    "removed twice": (
        asked(remove_machines=["kyle07", "kyle07"]),
        known(KYLE),
        "remove_machines[1]: kyle07 is named twice, first at remove_machines[0]",
    ),
    "put and removed": (
        asked(KYLE, remove_machines=["kyle07"]),
        known(KYLE),
        "remove_machines[0]: kyle07 is both put and removed",
    ),
    "customer put and removed": (
        asked(customers=("acme",), remove_customers=["acme"]),
        known(customers=("acme",)),
        "remove_customers[0]: acme is both put and removed",
    ),
    "unknown machine removed": (
        asked(remove_machines=["kyle08"]),
        known(),
        "remove_machines[0]: no machine of rzob is named kyle08",
    ),
    "unknown customer removed": (
        asked(remove_customers=["acme"]),
        known(),
        "remove_customers[0]: no customer is named acme",
    ),
    "location emptied": (
        asked(replaces=True),
        known(KYLE),
        "names no machine: all 1 of rzob would be removed; remove them by name instead",
    ),
    "unknown customer": (
        asked(machine("acme01", customer="acme")),
        known(),
        "machines[0].customer: no customer is named acme",
    ),
    "customer that was removed before": (
        asked(machine("acme01", customer="acme")),
        known(customers=("acme",), removed=("acme",)),
        "machines[0].customer: no customer is named acme",
    ),
    "customer removed by the same import": (
        asked(machine("acme01", customer="acme"), remove_customers=["acme"]),
        known(customers=("acme",)),
        "machines[0].customer: acme is removed",
    ),
    "unknown host": (
        asked(GUEST, customers=("acme",)),
        known(),
        "machines[0].host: no machine of rzob is named kyle07",
    ),
    "host that was removed before": (
        asked(GUEST, customers=("acme",)),
        known(KYLE, removed=("kyle07",)),
        "machines[0].host: no machine of rzob is named kyle07",
    ),
    "host removed by the replacement": (
        asked(GUEST, customers=("acme",), replaces=True),
        known(KYLE),
        "machines[0].host: no machine of rzob is named kyle07",
    ),
    "virtual host": (
        asked(machine("acme04", host="acme03")),
        known(KYLE, GUEST),
        "machines[0].host: acme03 is virtual: a KVM host is physical",
    ),
    "host taken away": (
        asked(remove_machines=["kyle07"]),
        known(KYLE, GUEST),
        "remove_machines[0]: kyle07 still carries acme03: move or remove them as well",
    ),
    "host made virtual": (
        asked(machine("kyle07", virtual=True)),
        known(KYLE, GUEST),
        "machines[0].kind: kyle07 cannot be virtual: it carries acme03",
    ),
    "customer with machines removed": (
        asked(remove_customers=["acme"]),
        known(KYLE, GUEST, customers=("acme",)),
        "remove_customers[0]: acme still owns rzob/acme03: remove them, or give them to another customer, first",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_inconsistent_import_has_its_problem(case: str) -> None:
    """One thing is wrong, and exactly that is said."""
    wanted, there, problem = CASES[case]
    assert [str(found) for found in problems_of(wanted, there)] == [problem]


def test_customer_with_machines_in_another_location_cannot_be_removed() -> None:
    """Customers belong to no location."""
    there = KnownFleet(
        machines={}, customers=known(customers=("acme",)).customers, owned_elsewhere={"acme": ("whq/acme09",)}
    )
    assert problems_of(asked(remove_customers=["acme"]), there) == (
        ImportProblem(
            "remove_customers[0]",
            "acme still owns whq/acme09: remove them, or give them to another customer, first",
        ),
    )


def test_location_has_one_policy() -> None:
    """Two parts that both bring one do not agree on what they want."""
    policies = tuple(Placed(Policy(digest="a"), f"part {part}: policy") for part in (1, 2))
    removal = (Placed("rzob", "part 3: remove_policy"),)
    wanted = FleetImport(location="rzob", policies=policies, remove_policy=removal)
    assert [str(found) for found in problems_of(wanted, known())] == [
        "part 2: policy: a location has one policy: the first is at part 1: policy",
        "part 3: remove_policy: the policy is put as well, at part 1: policy",
        "part 3: remove_policy: rzob has no policy",
    ]


def test_many_names_are_counted_after_the_fifth() -> None:
    """A sentence stays a sentence."""
    guests = [machine(f"acme{number:02d}", host="kyle07") for number in range(8)]
    (problem,) = problems_of(asked(remove_machines=["kyle07"]), known(KYLE, *guests))
    assert problem.text == (
        "kyle07 still carries acme00, acme01, acme02, acme03, acme04 and 3 more: move or remove them as well"
    )


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        (asked(KYLE, GUEST, customers=("acme",)), known()),
        (asked(GUEST), known(KYLE, customers=("acme",))),
        (asked(remove_machines=["kyle07", "acme03"]), known(KYLE, GUEST)),
        (asked(machine("acme03", host="kyle08"), machine("kyle08"), remove_machines=["kyle07"]), known(KYLE, GUEST)),
        (asked(remove_customers=["acme"], remove_machines=["acme03"]), known(KYLE, GUEST, customers=("acme",))),
        (asked(machine("acme03"), remove_customers=["acme"]), known(KYLE, GUEST, customers=("acme",))),
        (asked(remove_machines=["kyle07"]), known(KYLE, removed=("kyle07",))),
        (asked(replaces=True), known()),
    ],
    ids=[
        "all of it new",
        "on a host and for a customer that are known",
        "a host with its guests",
        "a host whose guests move",
        "a customer with its machines",
        "a customer whose machine is nobody's from now on",
        "what was removed before",
        "nothing for nothing",
    ],
)
def test_consistent_import_has_no_problem(wanted: FleetImport, there: KnownFleet) -> None:
    """What fits together afterwards is fine, in whatever way it comes about."""
    assert problems_of(wanted, there) == ()
