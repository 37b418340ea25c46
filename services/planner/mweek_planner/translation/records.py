"""Records of the bus as changes of what the planner knows."""

from __future__ import annotations

from collections.abc import Sequence

from mweek_contracts.records import (
    CustomerRemovedV1,
    CustomerV1,
    LocationPolicyRemovedV1,
    LocationPolicyV1,
    MachineRemovedV1,
    MachineV1,
    Record,
)

from mweek_planner.interfaces import CustomerChange, MachineChange, PolicyChange
from mweek_planner.translation.documents import customer_from, machine_from, policy_from


def machine_changes(records: Sequence[Record]) -> list[MachineChange]:
    """Return what a batch of records says of machines, in its order."""
    return [
        MachineChange(
            location=record.location,
            name=record.name,
            revision=record.revision,
            machine=machine_from(record) if isinstance(record, MachineV1) else None,
        )
        for record in records
        if isinstance(record, MachineV1 | MachineRemovedV1)
    ]


def customer_changes(records: Sequence[Record]) -> list[CustomerChange]:
    """Return what a batch of records says of customers, in its order."""
    return [
        CustomerChange(
            name=record.customer,
            revision=record.revision,
            customer=customer_from(record) if isinstance(record, CustomerV1) else None,
        )
        for record in records
        if isinstance(record, CustomerV1 | CustomerRemovedV1)
    ]


def policy_changes(records: Sequence[Record]) -> list[PolicyChange]:
    """Return what a batch of records says of policies, in its order."""
    return [
        PolicyChange(
            location=record.location,
            revision=record.revision,
            policy=policy_from(record) if isinstance(record, LocationPolicyV1) else None,
        )
        for record in records
        if isinstance(record, LocationPolicyV1 | LocationPolicyRemovedV1)
    ]
