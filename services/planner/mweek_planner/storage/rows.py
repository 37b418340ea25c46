"""The planner's tables. Rows only: what goes in was validated by a message or made by the domain.

A plan revision is a row of `plan` and is never changed. Windows are stored as intervals of revisions: a window belongs
to every revision from `since_revision` on and before `until_revision` (null: still). A revision that moves one machine
of 100,000 writes two rows, not 100,000; what an earlier revision held can still be read, and the primary key together
with the index `one_window_at_a_time` lets no machine have two windows in any revision.

Windows that were requested, and leases, are rows that change; what happened to them is told by events.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox import UtcDateTime
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from mweek_planner.storage.columns import NamedValues, NamedValuesColumn, NamesColumn

_own = registry()
_JSON: Final = sa.JSON(none_as_null=True)


class PlannerRow(SQLModel, registry=_own):
    """What the tables of the planner have in common: a metadata of their own."""

    metadata = _own.metadata


class MachineRow(PlannerRow, table=True):
    """What RECORDS say of a machine; a tombstone keeps its revision and nothing else."""

    __tablename__ = "machine"

    location: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    revision: int
    removed: bool
    kind: str | None = None
    role: str | None = None
    environment: str | None = None
    customer: str | None = None
    host: str | None = None
    redundancy_group: str | None = None
    profile: str | None = None
    os_release: str | None = None
    hardware_model: str | None = None
    bios_version: str | None = None
    downtime_minutes: int | None = None
    in_service: bool | None = None
    labels: NamedValues | None = Field(default=None, sa_type=NamedValuesColumn)


class CustomerRow(PlannerRow, table=True):
    """What RECORDS say of a customer, without its contacts: the planner tells nobody."""

    __tablename__ = "customer"

    customer: str = Field(primary_key=True)
    revision: int
    removed: bool
    timezone: str | None = None
    acceptable_windows: list[Any] | None = Field(default=None, sa_type=_JSON)
    blackouts: list[Any] | None = Field(default=None, sa_type=_JSON)
    notice_hours: int | None = None


class PlanRow(PlannerRow, table=True):
    """One revision of a week's plan, and everything of it but its windows. Immutable.

    `cause` is the message that led to it. `cancelled_because` is the reason of a revision that called the week off.
    `repair_key` says which findings in which inventory a revision was to repair.
    """

    __tablename__ = "plan"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    parent_revision: int | None = None
    cause: str
    pattern: str = Field(sa_type=sa.Text)
    phases: list[Any] = Field(sa_type=_JSON)
    compromises: list[Any] = Field(sa_type=_JSON)
    overrides: dict[str, Any] = Field(sa_type=_JSON)
    windows: int
    unplaced: int
    outside_acceptable: int
    digest: str
    records_created_at: datetime = Field(sa_type=UtcDateTime)
    records_sequence: int = Field(sa_type=sa.BigInteger)
    scheduled_at: datetime = Field(sa_type=UtcDateTime)
    cancelled_because: str | None = None
    repair_key: str | None = None


class WindowRow(PlannerRow, table=True):
    """The window of a machine in the revisions `[since_revision, until_revision)` of a week.

    `early`: it went early, as `domain/fairness.py` says; taking turns in later weeks is about these.
    """

    __tablename__ = "assigned_window"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    since_revision: int = Field(primary_key=True)
    until_revision: int | None = None
    phase: str
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    customer: str | None = None
    affects: tuple[str, ...] = Field(sa_type=NamesColumn)
    reason: str
    facts: NamedValues = Field(sa_type=NamedValuesColumn)
    early: bool


class CustomerLimitRow(PlannerRow, table=True):
    """How many machines of a customer may be down at once, as RECORDS say; none where a customer has no limit.

    Apart from `customer`: what stood there before this table is not applied again when it is sent again, and this is.
    """

    __tablename__ = "customer_limit"

    customer: str = Field(primary_key=True)
    revision: int
    max_parallel: int | None = None


class RecordChangeRow(PlannerRow, table=True):
    """How many batches of RECORDS were applied: one row, which tells whether what is in memory of them still holds."""

    __tablename__ = "record_change"

    of: str = Field(primary_key=True)
    changes: int = Field(sa_type=sa.BigInteger)


class LocationPolicyRow(PlannerRow, table=True):
    """What RECORDS say of the windows of a location; a tombstone keeps its revision and nothing else."""

    __tablename__ = "location_policy"

    location: str = Field(primary_key=True)
    revision: int
    removed: bool
    capacity: int | None = None
    padding_percent: int | None = None
    shortest_window_minutes: int | None = None
    preparation_minutes: int | None = None
    lease_minutes: int | None = None
    requests_per_minute: int | None = None


class LocationCalendarRow(PlannerRow, table=True):
    """How often the windows and leases of a location have changed, and the last of these times a plan was one of them.

    What is in memory of a location is brought up to date by it: see `calendars.py`.
    """

    __tablename__ = "location_calendar"

    location: str = Field(primary_key=True)
    changes: int = Field(sa_type=sa.BigInteger)
    plan_changes: int = Field(sa_type=sa.BigInteger)


class RequestedWindowRow(PlannerRow, table=True):
    """A window that meets requests, as it was told last. Of a maintenance week's window: what requests made of it.

    `works` are the requests as events tell them. `changed` is the number of the location's change that wrote the row.
    """

    __tablename__ = "requested_window"

    location: str = Field(primary_key=True)
    window_id: str = Field(primary_key=True)
    machine: str
    week: str | None = None
    revision: int
    opens_at: datetime = Field(sa_type=UtcDateTime)
    not_after: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    customer: str | None = None
    redundancy_group: str | None = None
    state: str
    works: list[Any] = Field(sa_type=_JSON)
    changed: int = Field(sa_type=sa.BigInteger)


class LeaseRow(PlannerRow, table=True):
    """An entry of a machine into a window, and what became of it; times are those of the service's clock."""

    __tablename__ = "lease"

    lease_id: str = Field(primary_key=True)
    location: str
    window_id: str
    revision: int
    week: str | None = None
    machine: str
    customer: str | None = None
    redundancy_group: str | None = None
    entered_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    must_end_by: datetime = Field(sa_type=UtcDateTime)
    state: str
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    result: str | None = None
    downtime_minutes: int | None = None
    changed: int = Field(sa_type=sa.BigInteger)


class UnplacedRow(PlannerRow, table=True):
    """A machine that a revision left without a window."""

    __tablename__ = "unplaced"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    customer: str | None = None
    reason: str
    facts: NamedValues = Field(sa_type=NamedValuesColumn)


class CommandRow(PlannerRow, table=True):
    """A command that was carried out or refused, so that asking again does nothing."""

    __tablename__ = "command"

    command_id: str = Field(primary_key=True)
    content_digest: str
    location: str
    week: str
    outcome: str
    decided_at: datetime = Field(sa_type=UtcDateTime)


def _table(row: type[SQLModel]) -> sa.Table:
    return _own.metadata.tables[str(row.__tablename__)]


MACHINE: Final = _table(MachineRow)
CUSTOMER: Final = _table(CustomerRow)
PLAN: Final = _table(PlanRow)
WINDOW: Final = _table(WindowRow)
UNPLACED: Final = _table(UnplacedRow)
COMMAND: Final = _table(CommandRow)
CUSTOMER_LIMIT: Final = _table(CustomerLimitRow)
RECORD_CHANGE: Final = _table(RecordChangeRow)
POLICY: Final = _table(LocationPolicyRow)
CALENDAR: Final = _table(LocationCalendarRow)
REQUESTED: Final = _table(RequestedWindowRow)
LEASE: Final = _table(LeaseRow)
