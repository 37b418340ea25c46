"""Machines and customers: the same fields in a fleet file and in the records on the bus."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from mweek_contracts.fields import (
    ClockTime,
    Count,
    DowntimeMinutes,
    EmailAddress,
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
    """How a contact wants several slots: one mail for all (`digest`), or a mail each, for tools (`per-slot`)."""

    DIGEST = "digest"
    PER_SLOT = "per-slot"


def _unique(values: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if len(set(values)) != len(values):
        raise ValueError("names a day twice")
    return values


class Contact(Value):
    """A person or a team that is told of the customer's slots."""

    name: Text
    email: EmailAddress
    language: Language = Language.EN
    delivery: Delivery = Delivery.DIGEST


class AcceptableWindow(Value):
    """Weekly local times at which a customer accepts maintenance.

    `end` at or before `start` means the next day; the window belongs to the day it opens.
    """

    days: Annotated[tuple[Weekday, ...], Field(min_length=1), AfterValidator(_unique)]
    start: ClockTime
    end: ClockTime

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
    ends_at: UtcDatetime
    reason: Text = "blackout"

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at is not after starts_at")
        return self


DEFAULT_ZONE = "Europe/Berlin"
DEFAULT_NOTICE_HOURS = 12
EVERY_NIGHT = AcceptableWindow(days=tuple(Weekday), start="22:00", end="05:00")


class CustomerFields(Value):
    """What is known of a customer; only `customer` and one contact are required.

    Defaults where a customer says nothing: every night 22:00 to 05:00 in Europe/Berlin, 12 hours of notice, no limit
    on how many of its machines may be down at once.
    """

    customer: Token
    name: Text | None = None
    contacts: Annotated[tuple[Contact, ...], Field(min_length=1, max_length=50)]
    timezone: ZoneName = DEFAULT_ZONE
    acceptable_windows: Annotated[tuple[AcceptableWindow, ...], Field(min_length=1, max_length=50)] = (EVERY_NIGHT,)
    blackouts: Annotated[tuple[Blackout, ...], Field(max_length=500)] = ()
    notice_hours: Annotated[Count, Field(le=24 * 60)] = DEFAULT_NOTICE_HOURS
    max_parallel: PositiveCount | None = None

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
    """What is known of a machine; only `name`, `kind`, `role` and `environment` are required.

    `role` is one of automation, monitoring, build, router, storage, kvm-host, backup, litmus, customer, or any other
    token. `downtime_minutes` is the estimate for an update.
    """

    name: Token
    kind: Kind
    role: Token
    environment: Environment
    customer: Token | None = None
    host: Token | None = None
    redundancy_group: Token | None = None
    profile: Text | None = None
    os_release: Text | None = None
    hardware_model: Text | None = None
    bios_version: Text | None = None
    downtime_minutes: DowntimeMinutes = 15
    in_service: bool = True
    labels: Annotated[dict[Token, Text], Field(max_length=50)] = {}

    @model_validator(mode="after")
    def _host_fits_kind(self) -> Self:
        if self.host is not None and self.kind is not Kind.VIRTUAL:
            raise ValueError("a physical machine has no KVM host: leave 'host' out or make it kind: virtual")
        if self.host == self.name:
            raise ValueError("is its own host")
        return self
