"""A fleet is what the newest record of each subject says."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from mweek.fleet import FleetRecords, FleetView
from mweek.week import PlanChanges
from mweek_contracts.fleet import Contact, Environment, Kind
from mweek_contracts.message import Message
from mweek_contracts.records import (
    CustomerRemovedV1,
    CustomerV1,
    LocationPolicyRemovedV1,
    LocationPolicyV1,
    MachineRemovedV1,
    MachineV1,
)

from tests.support.ids import ReadableIds
from tests.support.told_week import MONDAY, NOW, TUESDAY, moved, window, withdrawn

new_id = ReadableIds("record")


def envelope() -> dict[str, Any]:
    return {"message_id": new_id(), "correlation_id": "import-1", "occurred_at": NOW}


def machine(name: str, customer: str | None = None, *, revision: int = 1, location: str = "rzob") -> MachineV1:
    return MachineV1(
        **envelope(),
        location=location,
        revision=revision,
        name=name,
        kind=Kind.VIRTUAL,
        role="customer",
        environment=Environment.PRODUCTION,
        customer=customer,
    )


def customer(token: str, *, revision: int = 1) -> CustomerV1:
    contacts = (Contact(name="Ops", email=f"ops@{token}.example"),)
    return CustomerV1(**envelope(), revision=revision, customer=token, contacts=contacts)


def fleet(*records: Message) -> FleetView:
    heard = FleetRecords("rzob")
    for record in records:
        heard.hear(record)
    return heard.view()


def test_newest_revision_wins_in_any_order() -> None:
    records = (
        machine("web01", "acme", revision=1),
        machine("web01", "globex", revision=2),
        MachineRemovedV1(**envelope(), location="rzob", name="web02", revision=2),
        machine("web02", revision=1),
    )

    for order in permutations(records):
        assert {name: one.customer for name, one in fleet(*order).machines.items()} == {"web01": "globex"}


def test_machine_that_came_back_is_there() -> None:
    gone = MachineRemovedV1(**envelope(), location="rzob", name="web01", revision=2)

    assert list(fleet(machine("web01"), gone, machine("web01", revision=3)).machines) == ["web01"]


def test_machines_of_other_locations_are_not_in_it() -> None:
    assert list(fleet(machine("web01"), machine("web02", location="whq")).machines) == ["web01"]


def test_customers_are_those_that_own_a_machine_here() -> None:
    removed = CustomerRemovedV1(**envelope(), customer="globex", revision=2)
    view = fleet(machine("a", "acme"), machine("b", "globex"), customer("acme"), customer("idle"), removed)

    assert list(view.customers) == ["acme"]


@pytest.mark.parametrize(
    ("changes", "mailed"),
    [
        (PlanChanges(), ()),
        (PlanChanges(assigned=(window("a", customer="acme"),)), ("acme",)),
        (PlanChanges(assigned=(moved("b", MONDAY, TUESDAY, customer="globex"),)), ("globex",)),
        (PlanChanges(withdrawn=(withdrawn("a", customer="acme"),)), ("acme",)),
        (PlanChanges(assigned=(window("kvm01", affects=("a", "b", "own")),)), ("acme", "globex")),
        (PlanChanges(withdrawn=(withdrawn("kvm01", affects=("b",)),)), ("globex",)),
        (PlanChanges(assigned=(window("own"),)), ()),
        (PlanChanges(assigned=(window("c", customer="unknown"),)), ()),
    ],
)
def test_customers_are_mailed_about_their_machines_and_their_hosts(
    changes: PlanChanges, mailed: tuple[str, ...]
) -> None:
    view = fleet(machine("a", "acme"), machine("b", "globex"), machine("own"), customer("acme"), customer("globex"))

    assert view.mailed(changes) == mailed


def policy(revision: int, location: str = "rzob") -> LocationPolicyV1:
    return LocationPolicyV1(**envelope(), location=location, revision=revision, capacity=revision)


def test_newest_policy_of_the_location_holds() -> None:
    records = (policy(2), policy(1), policy(3, location="whq"))
    gone = LocationPolicyRemovedV1(**envelope(), location="rzob", revision=3)

    for order in permutations(records):
        assert fleet(*order).policy == records[0]
    assert fleet(*records, gone).policy is None
