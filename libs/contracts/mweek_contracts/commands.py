"""Commands: what an administrator asks for. Each has a `command_id`; the outcome is an event that names it.

A command with an unknown field is refused, not guessed at: `dryrun: true` must not schedule a week
(docs/decisions/0003-commands-are-strict.md).
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from mweek_contracts.fields import Count, Identifier, PositiveCount, Text, Token, Week
from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.message import Message
from mweek_contracts.pattern import Pattern
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.strictness import PlacedError
from mweek_contracts.wording import INLINE_PATTERN, NAMED_PATTERN

RECORDS_PER_COMMAND = 500

PatternChoice = Annotated[
    Annotated[Token, Tag(NAMED_PATTERN)] | Annotated[Pattern, Tag(INLINE_PATTERN)],
    Discriminator(lambda value: NAMED_PATTERN if isinstance(value, str) else INLINE_PATTERN),
]
"""The name of a pattern, or one written out: told apart by shape, so that an error is about what was meant."""


class Command(Message):
    """What every command carries: who asks, and an id that makes asking twice the same as asking once.

    `read_message` refuses unknown fields at any depth; a model validator could not: what runs before validation turns
    JSON into Python values, of which strict models accept no text as a time and no list as a tuple.
    """

    model_config = ConfigDict(extra="forbid")

    command_id: Identifier
    """Names the wish: publishing it again, in a new message, changes nothing and says nothing new."""
    location: Token
    """The data centre; also in the subject."""
    requested_by: Text | None = None
    """Who asks, for people."""

    @property
    def subject(self) -> str:
        """`cmd.<location>.<command>.v1`."""
        return f"cmd.{self.location}.{self.message_type}"


class ScheduleWeekV1(Command):
    """Schedule a maintenance week: a window for every in-service machine of the location.

    The outcome is `week-scheduled`, or `week-refused`. A week that has a plan gets its next revision.
    """

    week: Week
    """The ISO week."""
    pattern: PatternChoice | None = None
    """The name of a pattern that the planner has, or one written out; absent: `one-few-many`."""
    dry_run: bool = False
    """Compute, audit and publish the outcome marked as a preview, and change nothing."""
    override_blackouts: Text | None = None
    """Why the customers' blackouts are ignored: recorded, and told to them."""
    override_notice: Text | None = None
    """Why the customers' notice hours are ignored: recorded, and told to them."""
    expected_revision: Count | None = None
    """Refuse when the week has another current revision by then; 0: when it has any."""


class CancelWeekV1(Command):
    """Withdraw all windows of a week that have not opened yet, and tell the customers why.

    The outcome is `week-cancelled`, or `week-refused`.
    """

    week: Week
    """The ISO week."""
    reason: Text
    """Why; customers read it."""
    expected_revision: Count | None = None
    """Refuse when the week has another current revision by then."""


class PutRecordsV1(Command):
    """Put, or remove, machines of the location, customers and the location's policy, all or nothing.

    Large imports come in parts of at most 500 records; nothing is done until all parts are there. The outcome is
    `fleet-imported`, or `fleet-refused`.
    """

    import_id: Identifier
    """The same in all parts of an import."""
    part: PositiveCount = 1
    """Counts from 1."""
    parts: PositiveCount = 1
    """How many there are; the same in all parts."""
    replace_location: bool = False
    """Remove the machines of the location that no part names."""
    machines: Annotated[tuple[MachineFields, ...], Field(max_length=RECORDS_PER_COMMAND)] = ()
    """Machines of the location, each whole."""
    customers: Annotated[tuple[CustomerFields, ...], Field(max_length=RECORDS_PER_COMMAND)] = ()
    """Customers, each whole."""
    remove_machines: Annotated[tuple[Token, ...], Field(max_length=RECORDS_PER_COMMAND)] = ()
    """Machines to forget."""
    remove_customers: Annotated[tuple[Token, ...], Field(max_length=RECORDS_PER_COMMAND)] = ()
    """Customers to forget; refused while machines belong to them."""

    policy: LocationPolicyFields | None = None
    """The policy of the location, whole, in one part at most; absent: as it was."""
    remove_policy: bool = False
    """Forget the policy of the location: the defaults hold again."""

    @model_validator(mode="after")
    def _puts_or_removes_policy(self) -> Self:
        if self.remove_policy and self.policy is not None:
            raise PlacedError((("remove_policy",), "the policy is both put and removed"))
        return self

    @model_validator(mode="after")
    def _part_of_parts(self) -> Self:
        if self.part > self.parts:
            raise ValueError(f"is part {self.part} of {self.parts}")
        return self


class RebuildRecordsV1(Command):
    """Publish every record of the location, its policy too, and every customer, again from the inventory's database."""
