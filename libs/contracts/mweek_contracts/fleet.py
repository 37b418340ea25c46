"""Machines and customers: the same fields in a fleet file and in the records on the bus."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from mweek_contracts import rules
from mweek_contracts.fields import (
    ClockTime,
    DowntimeMinutes,
    EmailAddress,
    NoticeHours,
    PositiveCount,
    Text,
    Token,
    UtcDatetime,
    ZoneName,
)
from mweek_contracts.message import Value


class Kind(StrEnum):
    """What a machine is made of."""

    PHYSICAL = "physical"
    VIRTUAL = "virtual"


class Environment(StrEnum):
    """What a machine is used for."""

    PRODUCTION = "production"
    TEST = "test"
    INTERNAL = "internal"


class Weekday(StrEnum):
    """Days, in the order of ISO 8601."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Language(StrEnum):
    """Languages that notices are written in."""

    EN = "en"
    DE = "de"


class Delivery(StrEnum):
    """How a contact wants several slots."""

    DIGEST = "digest"
    """One mail for all."""
    PER_SLOT = "per-slot"
    """A mail each, for tools that read them."""


def _unique(values: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if len(set(values)) != len(values):
        raise ValueError("names a day twice")
    return values


class Contact(Value):
    """A person or a team that is told of the customer's slots."""

    name: Text
    """How mails address them."""
    email: EmailAddress
    """Where mails go."""
    language: Language = Language.EN
    """What mails are written in."""
    delivery: Delivery = Delivery.DIGEST
    """One mail for all slots, or one a slot."""


class AcceptableWindow(Value):
    """Weekly local times at which a customer accepts maintenance. They belong to the day on which they start."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1), AfterValidator(_unique)]
    """On which it starts."""
    start: ClockTime
    """Local time."""
    end: ClockTime
    """Local time; at or before `start` means the next day, `24:00` the end of this one."""

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.start == self.end:
            raise ValueError(f"start and end are both {self.start}: write 00:00 to 24:00 for a whole day")
        if self.start == "24:00":
            raise ValueError("start is 24:00: write 00:00 of the next day")
        return self


class Blackout(Value):
    """A time `[starts_at, ends_at)` in which the customer's machines must not be touched."""

    starts_at: UtcDatetime
    """Belongs to the blackout."""
    ends_at: UtcDatetime
    """No longer belongs to it."""
    reason: Text = "blackout"
    """Why, e.g. `Christmas sale`."""

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at is not after starts_at")
        return self


EVERY_NIGHT = AcceptableWindow(
    days=tuple(map(Weekday, rules.EVERY_NIGHT[0])), start=rules.EVERY_NIGHT[1], end=rules.EVERY_NIGHT[2]
)


class CustomerFields(Value):
    """What is known of a customer; only `customer` and one contact are required.

    Defaults where a customer says nothing: every night 22:00 to 05:00 in Europe/Berlin, 12 hours of notice, no limit
    on how many of its machines may be down at once.
    """

    customer: Token
    """The customer's name on the bus."""
    name: Text | None = None
    """The name that people read."""
    contacts: Annotated[tuple[Contact, ...], Field(min_length=1, max_length=rules.MOST_CONTACTS)]
    """Who is told; each address once."""
    timezone: ZoneName = rules.DEFAULT_ZONE
    """The zone of the acceptable windows, and of the times in mails."""
    acceptable_windows: Annotated[tuple[AcceptableWindow, ...], Field(min_length=1, max_length=50)] = (EVERY_NIGHT,)
    """When maintenance is welcome; binds window requests, not the phases of a week."""
    blackouts: Annotated[tuple[Blackout, ...], Field(max_length=500)] = ()
    """When no machine of the customer may be touched."""
    notice_hours: NoticeHours = rules.DEFAULT_NOTICE_HOURS
    """How long before a window opens the customer must have been told."""
    max_parallel: PositiveCount | None = None
    """How many of its machines may be down at once; absent: any number."""

    @model_validator(mode="after")
    def _addresses_differ(self) -> Self:
        seen: set[str] = set()
        for contact in self.contacts:
            address = contact.email.lower()
            if address in seen:
                raise ValueError(f"the contacts name the address {contact.email} twice")
            seen.add(address)
        return self

    @property
    def display_name(self) -> str:
        """The name that people read: the customer's own, else its token."""
        return self.name or self.customer


class MachineFields(Value):
    """What is known of a machine; only `name`, `kind`, `role` and `environment` are required."""

    name: Token
    """The machine's name on the bus, unique."""
    kind: Kind
    """What it is made of."""
    role: Token
    """`automation monitoring build router storage kvm-host backup litmus customer`, or any other token."""
    environment: Environment
    """What it is used for; customers with an in-service test machine count as tested."""
    customer: Token | None = None
    """Whose it is; absent for the operator's own."""
    host: Token | None = None
    """The KVM host of a virtual machine."""
    redundancy_group: Token | None = None
    """Machines of a group are never down at once."""
    profile: Text | None = None
    """What runs on it."""
    os_release: Text | None = None
    """The release of its operating system."""
    hardware_model: Text | None = None
    """What it is built of."""
    bios_version: Text | None = None
    """The version of its firmware."""
    downtime_minutes: DowntimeMinutes = rules.DEFAULT_DOWNTIME_MINUTES
    """The estimate for an update."""
    in_service: bool = True
    """Only machines in service get windows."""
    labels: Annotated[dict[Token, Text], Field(max_length=rules.MOST_LABELS)] = {}
    """Anything else that a pattern may select by."""

    @model_validator(mode="after")
    def _host_fits_kind(self) -> Self:
        if self.host is not None and self.kind is not Kind.VIRTUAL:
            raise ValueError("a physical machine has no KVM host: leave 'host' out or make it kind: virtual")
        if self.host == self.name:
            raise ValueError("is its own host")
        return self
