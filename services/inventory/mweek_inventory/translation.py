"""Between what is on the bus or in a file and what the domain decides on: the only file that knows both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from mweek_contracts.commands import Command, PutRecordsV1
from mweek_contracts.documents import FleetDocument
from mweek_contracts.fleet import CustomerFields, Kind, MachineFields
from mweek_contracts.message import Message
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.problem import Problem
from mweek_contracts.records import (
    CustomerRemovedV1,
    CustomerV1,
    LocationPolicyRemovedV1,
    LocationPolicyV1,
    MachineRemovedV1,
    MachineV1,
    Record,
)

from mweek_inventory.domain.change import FleetChange
from mweek_inventory.domain.fleet import Customer, Machine, Policy
from mweek_inventory.domain.fleet_import import FleetImport, ImportProblem, Placed
from mweek_inventory.domain.parts import Part

MOST_PROBLEMS: Final = 1_000
LONGEST_SENTENCE: Final = 4_000
_AROUND: Final = frozenset({*Message.model_fields, "requested_by"})
"""What a repeated command may have anew: it is still the same command."""
_NEWER: Final[Mapping[str, object]] = {"policy": None, "remove_policy": False}
"""Fields that commands have had since 0.2.0: a command that does not use them is the same as it was before."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An import as the domain decides on it, and beside it, by name, all that is known of what it puts."""

    asked: FleetImport
    machines: Mapping[str, MachineFields]
    customers: Mapping[str, CustomerFields]
    policy: LocationPolicyFields | None
    contents: Mapping[str, str]
    """The same as the JSON that is stored, by `machine/<name>`, `customer/<name>` and `policy`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command asks for, whoever asked it when: its fields as canonical JSON, each written out once."""

    fields: Mapping[str, str]

    @classmethod
    def by(cls, command: Command) -> Asked:
        """Return what a command asks for."""
        values = command.model_dump(mode="json", exclude=set(_AROUND))
        said = {name for name, default in _NEWER.items() if values.get(name, default) != default}
        return cls({name: _canonical(values[name]) for name in sorted(values) if name not in _NEWER or name in said})

    def digest(self, *, without: str | None = None) -> str:
        """Return the SHA-256 over all of it, or all but one field."""
        told = ",".join(f'"{name}":{text}' for name, text in self.fields.items() if name != without)
        return _digest(f"{{{told}}}")


def part_of(command: PutRecordsV1, asked: Asked) -> Part:
    """Return what a command says of the import that it is a part of; one sent again under a new id is the same part."""
    digest = asked.digest(without="command_id")
    return Part(number=command.part, of=command.parts, replaces=command.replace_location, digest=digest)


def wish_of_parts(parts: Sequence[PutRecordsV1]) -> Wish:
    """Return what all parts of an import ask for together."""
    asked = FleetImport(
        location=parts[0].location,
        replaces=parts[0].replace_location,
        remove_machines=tuple(_placed(parts, "remove_machines")),
        remove_customers=tuple(_placed(parts, "remove_customers")),
        remove_policy=tuple(
            Placed(part.location, f"{_prefix(part)}remove_policy") for part in parts if part.remove_policy
        ),
    )
    policies = [Placed(part.policy, f"{_prefix(part)}policy") for part in parts if part.policy is not None]
    return _wish(asked, list(_placed(parts, "machines")), list(_placed(parts, "customers")), policies)


def wish_of_document(document: FleetDocument, *, replaces: bool) -> Wish:
    """Return what a fleet file asks for; `replaces`: machines that it does not name are removed."""
    asked = FleetImport(location=document.location, replaces=replaces)
    policies = [] if document.policy is None else [Placed(document.policy, "policy")]
    machines, customers = _listed(document.machines, "machines"), _listed(document.customers, "customers")
    return _wish(asked, list(machines), list(customers), policies)


def machine_record(envelope: Mapping[str, Any], location: str, revision: int, fields: MachineFields) -> MachineV1:
    """Return the record of a machine; all that goes in was validated when it came in."""
    return MachineV1.model_construct(**envelope, location=location, revision=revision, removed=False, **dict(fields))


def customer_record(envelope: Mapping[str, Any], revision: int, fields: CustomerFields) -> CustomerV1:
    """Return the record of a customer; all that goes in was validated when it came in."""
    return CustomerV1.model_construct(**envelope, revision=revision, removed=False, **dict(fields))


def machine_tombstone(envelope: Mapping[str, Any], location: str, name: str, revision: int) -> MachineRemovedV1:
    """Return the record that a machine is no longer known."""
    return MachineRemovedV1(**envelope, location=location, name=name, revision=revision)


def customer_tombstone(envelope: Mapping[str, Any], name: str, revision: int) -> CustomerRemovedV1:
    """Return the record that a customer is no longer known."""
    return CustomerRemovedV1(**envelope, customer=name, revision=revision)


def policy_record(
    envelope: Mapping[str, Any], location: str, revision: int, fields: LocationPolicyFields
) -> LocationPolicyV1:
    """Return the record of a location's policy; all that goes in was validated when it came in."""
    return LocationPolicyV1.model_construct(
        **envelope, location=location, revision=revision, removed=False, **dict(fields)
    )


def policy_tombstone(envelope: Mapping[str, Any], location: str, revision: int) -> LocationPolicyRemovedV1:
    """Return the record that a location has a policy no more."""
    return LocationPolicyRemovedV1(**envelope, location=location, revision=revision)


def records_of(change: FleetChange, wish: Wish, envelopes: Iterator[dict[str, Any]]) -> Iterator[Record]:
    """Yield what is to be said of a change: customers before the machines that they own, what is gone last."""
    if change.policy_put is not None and wish.policy is not None:
        yield policy_record(next(envelopes), change.location, change.policy_put.revision, wish.policy)
    for customer in change.customers_put:
        owner = wish.customers[customer.customer.customer]
        yield customer_record(next(envelopes), customer.revision, owner)
    for machine in change.machines_put:
        fields = wish.machines[machine.machine.name]
        yield machine_record(next(envelopes), change.location, machine.revision, fields)
    for machine in change.machines_removed:
        yield machine_tombstone(next(envelopes), change.location, machine.machine.name, machine.revision)
    for customer in change.customers_removed:
        yield customer_tombstone(next(envelopes), customer.customer.customer, customer.revision)
    if change.policy_removed is not None:
        yield policy_tombstone(next(envelopes), change.location, change.policy_removed.revision)


def counts_of(change: FleetChange) -> dict[str, Any]:
    """Return the numbers that a `fleet-imported` event tells."""
    return {
        "machines_put": len(change.machines_put),
        "machines_removed": len(change.machines_removed),
        "machines_unchanged": change.machines_unchanged,
        "customers_put": len(change.customers_put),
        "customers_removed": len(change.customers_removed),
        "customers_unchanged": change.customers_unchanged,
        "policies_put": int(change.policy_put is not None),
        "policies_removed": int(change.policy_removed is not None),
        "policies_unchanged": change.policies_unchanged,
    }


def problems_on_the_bus(problems: Sequence[ImportProblem]) -> tuple[Problem, ...]:
    """Return the first thousand problems as an event carries them."""
    return tuple(
        Problem(place=problem.place, text=problem.text[:LONGEST_SENTENCE]) for problem in problems[:MOST_PROBLEMS]
    )


def _placed(parts: Sequence[PutRecordsV1], field: str) -> Iterator[Placed[Any]]:
    for command in parts:
        yield from _listed(getattr(command, field), _prefix(command) + field)


def _prefix(command: PutRecordsV1) -> str:
    """Return what a place in a part begins with."""
    return f"part {command.part}: " if command.parts > 1 else ""


def _listed(values: Iterable[Any], field: str) -> Iterator[Placed[Any]]:
    return (Placed(value, f"{field}[{index}]") for index, value in enumerate(values))


def _wish(
    asked: FleetImport,
    machines: Sequence[Placed[MachineFields]],
    customers: Sequence[Placed[CustomerFields]],
    policies: Sequence[Placed[LocationPolicyFields]],
) -> Wish:
    contents = {f"machine/{placed.value.name}": _content(placed.value) for placed in machines}
    contents |= {f"customer/{placed.value.customer}": _content(placed.value) for placed in customers}
    if policies:
        contents["policy"] = _content(policies[0].value)
    return Wish(
        replace(
            asked,
            policies=tuple(Placed(Policy(digest=_digest(_content(p.value))), p.place) for p in policies),
            machines=tuple(_machine(placed, contents) for placed in machines),
            customers=tuple(_customer(placed, contents) for placed in customers),
        ),
        {placed.value.name: placed.value for placed in machines},
        {placed.value.customer: placed.value for placed in customers},
        policies[0].value if policies else None,
        contents,
    )


def _machine(placed: Placed[MachineFields], contents: Mapping[str, str]) -> Placed[Machine]:
    fields = placed.value
    machine = Machine(
        name=fields.name,
        virtual=fields.kind is Kind.VIRTUAL,
        customer=fields.customer,
        host=fields.host,
        digest=_digest(contents[f"machine/{fields.name}"]),
    )
    return Placed(machine, placed.place)


def _customer(placed: Placed[CustomerFields], contents: Mapping[str, str]) -> Placed[Customer]:
    name = placed.value.customer
    return Placed(Customer(customer=name, digest=_digest(contents[f"customer/{name}"])), placed.place)


def _content(fields: MachineFields | CustomerFields | LocationPolicyFields) -> str:
    return _canonical(fields.model_dump(mode="json"))


def _canonical(values: object) -> str:
    """Return JSON that is the same for the same values, in whatever order their labels came."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
