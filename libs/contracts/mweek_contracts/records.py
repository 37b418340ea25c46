"""Records: the current state of each machine, customer and policy, last message per subject. Owner: inventory.

A removal is a tombstone on the same subject, told apart by `"removed": true`. `revision` rises by one with each change
of a subject, so that a reader can ignore what is older than what it has, whatever the order of arrival.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from mweek_contracts.fields import PositiveCount, Token
from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.message import Message
from mweek_contracts.policy import LocationPolicyFields


def _needs_removed(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema that a tombstone must say it is one; a default would let a reader take it for a record."""
    schema["required"].append("removed")


class Tombstone(Message):
    """Says that the record on its subject is no longer."""

    model_config = ConfigDict(json_schema_extra=_needs_removed)

    revision: PositiveCount
    """One more than that of the record that it ends."""
    removed: Literal[True] = True
    """Always true; tells a tombstone from a record."""


class MachineV1(Message, MachineFields):
    """A machine of a location, whole."""

    location: Token
    """The data centre; also in the subject."""
    revision: PositiveCount
    """Rises by one with every change of the subject: older than what a reader has is ignored."""
    removed: Literal[False] = False
    """`true` makes it a tombstone."""

    @property
    def subject(self) -> str:
        """`rec.<location>.machine.<machine>.v1`."""
        return f"rec.{self.location}.machine.{self.name}.v1"


class MachineRemovedV1(Tombstone):
    """A machine is no longer known: the tombstone on its subject."""

    location: Token
    """The data centre; also in the subject."""
    name: Token
    """The machine; also in the subject."""

    @property
    def subject(self) -> str:
        """`rec.<location>.machine.<machine>.v1`."""
        return f"rec.{self.location}.machine.{self.name}.v1"


class CustomerV1(Message, CustomerFields):
    """A customer, whole."""

    revision: PositiveCount
    """Rises by one with every change of the subject: older than what a reader has is ignored."""
    removed: Literal[False] = False
    """`true` makes it a tombstone."""

    @property
    def subject(self) -> str:
        """`rec.customer.<customer>.v1`."""
        return f"rec.customer.{self.customer}.v1"


class CustomerRemovedV1(Tombstone):
    """A customer is no longer known: the tombstone on its subject."""

    customer: Token
    """The customer; also in the subject."""

    @property
    def subject(self) -> str:
        """`rec.customer.<customer>.v1`."""
        return f"rec.customer.{self.customer}.v1"


class LocationPolicyV1(Message, LocationPolicyFields):
    """What a location allows in windows, whole. A location without one has the defaults."""

    location: Token
    """The data centre; also in the subject."""
    revision: PositiveCount
    """Rises by one with every change of the subject: older than what a reader has is ignored."""
    removed: Literal[False] = False
    """`true` makes it a tombstone."""

    @property
    def subject(self) -> str:
        """`rec.<location>.policy.windows.v1`."""
        return f"rec.{self.location}.policy.windows.v1"


class LocationPolicyRemovedV1(Tombstone):
    """A location has a policy no more, and with that the defaults: the tombstone on its subject."""

    location: Token
    """The data centre; also in the subject."""

    @property
    def subject(self) -> str:
        """`rec.<location>.policy.windows.v1`."""
        return f"rec.{self.location}.policy.windows.v1"


Record = MachineV1 | MachineRemovedV1 | CustomerV1 | CustomerRemovedV1 | LocationPolicyV1 | LocationPolicyRemovedV1
