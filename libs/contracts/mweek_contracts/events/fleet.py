"""What became of an import of machines and customers. Belongs to a location and to no week (decision 5)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mweek_contracts.fields import Count, Identifier, Sentence, Token
from mweek_contracts.message import Message
from mweek_contracts.problem import Problem


class FleetEvent(Message):
    """An event about the records of a location. Subject: `evt.<location>.fleet.<event>.v1`."""

    location: Token
    """The data centre; also in the subject."""
    import_id: Identifier
    """The import, as its commands name it."""
    command_id: Identifier | None = None
    """The command that completed it; absent for an import of a file on the inventory's own machine."""

    @property
    def subject(self) -> str:
        """`evt.<location>.fleet.<event>.v1`."""
        return f"evt.{self.location}.fleet.{self.message_type}"


class FleetImportedV1(FleetEvent):
    """An import was carried out whole; counts of records that changed, and of those that were already so."""

    machines_put: Count
    """Machines that are new or have changed."""
    machines_removed: Count
    """Machines that are no longer known."""
    machines_unchanged: Count
    """Machines that were already so: nothing was said about them."""
    customers_put: Count
    """Customers that are new or have changed."""
    customers_removed: Count
    """Customers that are no longer known."""
    customers_unchanged: Count
    """Customers that were already so."""
    policies_put: Count = 0
    """1 when the policy of the location is new or has changed."""
    policies_removed: Count = 0
    """1 when the location has a policy no more."""
    policies_unchanged: Count = 0
    """1 when the policy was already so."""


class FleetRefusedV1(FleetEvent):
    """An import was refused; nothing of it was done."""

    text: Sentence
    """Why, for people."""
    problems: Annotated[tuple[Problem, ...], Field(max_length=1000)] = ()
    """Everything that is wrong with it, the first 1,000."""
