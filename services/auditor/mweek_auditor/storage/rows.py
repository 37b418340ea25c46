"""The auditor's tables. Rows only: nothing here validates."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox import UtcDateTime
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_own = registry()


class AuditorRow(SQLModel, registry=_own):
    """What the tables of the auditor have in common: a metadata of their own."""

    metadata = _own.metadata


class RecordRow(AuditorRow, table=True):
    """What a record says; `document` is None where it was removed. `location` is empty for customers.

    It came in a batch that reached from after `after_sequence` up to `upto_sequence` of the stream created then.
    """

    __tablename__ = "record"

    kind: str = Field(primary_key=True)
    location: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    revision: int
    document: dict[str, Any] | None = Field(sa_type=sa.JSON)
    stream_created_at: datetime = Field(sa_type=UtcDateTime)
    after_sequence: int = Field(sa_type=sa.BigInteger)
    upto_sequence: int = Field(sa_type=sa.BigInteger)


class RecordVersionRow(AuditorRow, table=True):
    """What a record said before, so that a plan is judged by what it was made from."""

    __tablename__ = "record_version"

    kind: str = Field(primary_key=True)
    location: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    document: dict[str, Any] | None = Field(sa_type=sa.JSON)
    stream_created_at: datetime = Field(sa_type=UtcDateTime)
    after_sequence: int = Field(sa_type=sa.BigInteger)
    upto_sequence: int = Field(sa_type=sa.BigInteger)
    superseded_at: datetime = Field(sa_type=UtcDateTime)


class PartRow(AuditorRow, table=True):
    """A message with windows of a revision, as it came; `kind` is `assigned` or `withdrawn`."""

    __tablename__ = "plan_part"

    plan_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    part: int = Field(primary_key=True)
    location: str
    week: str
    body: str = Field(sa_type=sa.Text)


class PlanRow(AuditorRow, table=True):
    """The revision of a week that was heard of last, and what is still to be looked at.

    `heard` numbers what is heard of a location: see `WindowWatchRow`.

    `closing` is the message that closed the revision. `notices_due_at` is set while the verdict on the revision waits
    for notices, `inventory_due_at` while a changed inventory waits to be looked at, `next_look_at` until the week ends.
    """

    __tablename__ = "plan"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    plan_id: str
    revision: int
    cancelled: bool
    closing: str = Field(sa_type=sa.Text)
    parent_phases: list[dict[str, Any]] | None = Field(sa_type=sa.JSON)
    heard_at: datetime = Field(sa_type=UtcDateTime)
    notices_due_at: datetime | None = Field(sa_type=UtcDateTime)
    inventory_due_at: datetime | None = Field(sa_type=UtcDateTime)
    next_look_at: datetime | None = Field(sa_type=UtcDateTime)
    heard: int = Field(sa_type=sa.BigInteger)


class WindowRow(AuditorRow, table=True):
    """A window of the revision that stands, or (`parent`) of the one before; `number` counts those of one machine.

    `heard` is that of the revision which gave it: see `WindowWatchRow`.
    """

    __tablename__ = "plan_window"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    parent: bool = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    phase: str
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    heard: int = Field(sa_type=sa.BigInteger)


class AwaitedRow(AuditorRow, table=True):
    """A contact that must be told of a revision; `address` is the mail address in lower case."""

    __tablename__ = "awaited"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    customer: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    contact: str
    revision: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    latest_at: datetime = Field(sa_type=UtcDateTime)
    answered: bool


class NoticeRow(AuditorRow, table=True):
    """What became of a notice."""

    __tablename__ = "notice"

    notice_id: str = Field(primary_key=True)
    state: str = Field(primary_key=True)
    location: str
    week: str
    customer: str
    contact: str
    revision: int
    at: datetime = Field(sa_type=UtcDateTime)
    detail: str = Field(sa_type=sa.Text)


class ReportRow(AuditorRow, table=True):
    """A verdict that was said, with its first findings."""

    __tablename__ = "report"

    audit_id: str = Field(primary_key=True)
    location: str
    week: str
    plan_id: str
    revision: int
    preview: bool
    occasion: str
    audited_at: datetime = Field(sa_type=UtcDateTime)
    machines: int
    windows: int
    phases: int
    unplaced: int
    customers_told: int
    findings_total: int
    findings: list[dict[str, Any]] = Field(sa_type=sa.JSON)


class RequestedWindowRow(AuditorRow, table=True):
    """One revision of a window that meets requests: `window-granted` or (`withdrawn`) `window-withdrawn` as it came."""

    __tablename__ = "requested_window"

    location: str = Field(primary_key=True)
    window_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    withdrawn: bool
    closes_at: datetime = Field(sa_type=UtcDateTime)
    heard: int = Field(sa_type=sa.BigInteger)
    heard_at: datetime = Field(sa_type=UtcDateTime)
    body: str = Field(sa_type=sa.Text)


class WindowLeaseRow(AuditorRow, table=True):
    """An entry of a machine into a window; see `domain.windows.lease.Lease`."""

    __tablename__ = "window_lease"

    location: str = Field(primary_key=True)
    lease_id: str = Field(primary_key=True)
    machine: str
    customer: str | None
    window_id: str
    week: str | None
    revision: int
    entered_at: datetime = Field(sa_type=UtcDateTime)
    must_end_by: datetime = Field(sa_type=UtcDateTime)
    stream_created_at: datetime = Field(sa_type=UtcDateTime)
    sequence: int = Field(sa_type=sa.BigInteger)
    heard: int = Field(sa_type=sa.BigInteger)
    left_heard: int | None = Field(sa_type=sa.BigInteger)
    left_at: datetime | None = Field(sa_type=UtcDateTime)
    finished: bool
    overdue: bool


class WindowNoticeRow(AuditorRow, table=True):
    """What became of a notice, for one of the windows that it names; see `domain.windows.answer.Answer`."""

    __tablename__ = "window_notice"

    location: str = Field(primary_key=True)
    notice_id: str = Field(primary_key=True)
    state: str = Field(primary_key=True)
    window_id: str = Field(primary_key=True)
    customer: str
    contact: str
    revision: int
    withdrawn: bool
    another_follows: bool
    too_late: bool
    at: datetime = Field(sa_type=UtcDateTime)
    detail: str = Field(sa_type=sa.Text)


class WindowWatchRow(AuditorRow, table=True):
    """How much was heard of a location's windows, when to look at them, and what was said of them last.

    `heard` counts what decides on windows and entries, in the order of the stream: clocks of several planners may
    differ. Looks are due at `due_at` (something was heard), `inventory_due_at` and `next_look_at` (a time to tell
    somebody is over). `unsaid_since` is set while something is heard of which no verdict was said; `said` is the digest
    of the findings that were said last, empty where there were none.
    """

    __tablename__ = "window_watch"

    location: str = Field(primary_key=True)
    heard: int = Field(sa_type=sa.BigInteger)
    due_at: datetime | None = Field(sa_type=UtcDateTime)
    inventory_due_at: datetime | None = Field(sa_type=UtcDateTime)
    next_look_at: datetime | None = Field(sa_type=UtcDateTime)
    unsaid_since: datetime | None = Field(sa_type=UtcDateTime)
    said: str


def _table(row_class: type[AuditorRow]) -> sa.Table:
    table: sa.Table = sa.inspect(row_class).local_table
    return table


RECORD: Final = _table(RecordRow)
RECORD_VERSION: Final = _table(RecordVersionRow)
PART: Final = _table(PartRow)
PLAN: Final = _table(PlanRow)
WINDOW: Final = _table(WindowRow)
AWAITED: Final = _table(AwaitedRow)
NOTICE: Final = _table(NoticeRow)
REPORT: Final = _table(ReportRow)
REQUESTED: Final = _table(RequestedWindowRow)
LEASE: Final = _table(WindowLeaseRow)
WINDOW_NOTICE: Final = _table(WindowNoticeRow)
WATCH: Final = _table(WindowWatchRow)
