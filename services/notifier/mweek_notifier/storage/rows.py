"""The notifier's tables. Rows only: nothing here validates; `documents` knows the shapes of the JSON columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox import UtcDateTime
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_own = registry()


class NotifierRow(SQLModel, registry=_own):
    """What the tables of the notifier have in common: a metadata of their own."""

    metadata = _own.metadata


_BIG_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts by itself only in INTEGER


class MachineRow(NotifierRow, table=True):
    """A machine as its record says; a removed one keeps its row, so that an older record cannot bring it back."""

    __tablename__ = "machine"

    location: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    revision: int
    removed: bool
    customer: str | None
    downtime_minutes: int


class CustomerRow(NotifierRow, table=True):
    """A customer as its record says; a removed one keeps its row, without its data."""

    __tablename__ = "customer"

    customer: str = Field(primary_key=True)
    revision: int
    removed: bool
    document: dict[str, Any] | None = Field(sa_type=sa.JSON)


class StagedPartRow(NotifierRow, table=True):
    """A part of a revision that is not closed yet; `kind` is `given` or `taken`."""

    __tablename__ = "staged_part"

    plan_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    part: int = Field(primary_key=True)
    windows: list[dict[str, Any]] = Field(sa_type=sa.JSON)


class WeekRow(NotifierRow, table=True):
    """The revision of a week that was applied last."""

    __tablename__ = "week"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    plan_id: str
    revision: int
    cancelled: bool


class WindowRow(NotifierRow, table=True):
    """The window that a machine has now in a week."""

    __tablename__ = "week_window"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    phase: str
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    customer: str | None
    affects: list[str] = Field(sa_type=sa.JSON)


class CalendarEventRow(NotifierRow, table=True):
    """An event in the calendars of a customer, and its last SEQUENCE."""

    __tablename__ = "calendar_event"

    location: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    customer: str = Field(primary_key=True)
    phase: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    uid: str
    sequence: int
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    cancelled: bool


class NoticeRow(NotifierRow, table=True):
    """One line of the ledger: a notice, its content as it was decided, its bytes as they were first sent.

    `due_at` and `lease_until_at` are real time, whatever the service's clock shows: mail servers live in real time.
    `may_have_left` is true from the first moment on in which the mail may have reached somebody.
    """

    __tablename__ = "notice"

    id: int | None = Field(default=None, sa_column=sa.Column(_BIG_IDENTITY, primary_key=True, autoincrement=True))
    notice_id: str
    plan_id: str
    revision: int
    location: str
    week: str
    customer: str
    email: str
    kind: str
    occasion: str
    state: str
    content: dict[str, Any] = Field(sa_type=sa.JSON)
    mail_message_id: str
    causation_id: str | None
    correlation_id: str
    planned_at: datetime = Field(sa_type=UtcDateTime)
    stale_at: datetime | None = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(sa_type=UtcDateTime)
    superseded: bool = False
    may_have_left: bool = False
    attempts: int = 0
    losses: int = 0
    claim_token: str | None = None
    lease_until_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    mail: bytes | None = None
    answer: str | None = Field(default=None, sa_type=sa.Text)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RequestedWindowRow(NotifierRow, table=True):
    """A window that a machine requested, at the highest revision heard; `withdrawn` says why it has it no more."""

    __tablename__ = "requested_window"

    location: str = Field(primary_key=True)
    window_id: str = Field(primary_key=True)
    machine: str
    revision: int
    significant_revision: int
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    customer: str | None
    affects: list[str] = Field(sa_type=sa.JSON)
    downtime_minutes: int | None
    reboots: bool
    urgent: bool
    reasons: list[str] = Field(sa_type=sa.JSON)
    withdrawn: str | None


class WindowNewsRow(NotifierRow, table=True):
    """A window of which a customer may have to be told something, when its occasion is over."""

    __tablename__ = "window_news"

    location: str = Field(primary_key=True)
    customer: str = Field(primary_key=True)
    window_id: str = Field(primary_key=True)
    heard_at: datetime = Field(sa_type=UtcDateTime)


class GatheringRow(NotifierRow, table=True):
    """An occasion that is not over: news of one customer that are going to be one mail. Times of the service's clock.

    The last message that belongs to it is the cause of what is told.
    """

    __tablename__ = "gathering"

    location: str = Field(primary_key=True)
    customer: str = Field(primary_key=True)
    begun_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    opens_at: datetime | None = Field(sa_type=UtcDateTime)
    causation_id: str
    correlation_id: str


class NoticeWindowRow(NotifierRow, table=True):
    """A window that a notice names: finds what was told of a window, and to whom."""

    __tablename__ = "notice_window"

    notice_id: str = Field(primary_key=True)
    window_id: str = Field(primary_key=True)
    location: str
    customer: str
    revision: int
    news: str


def _table(row_class: type[NotifierRow]) -> sa.Table:
    table: sa.Table = sa.inspect(row_class).local_table
    return table


MACHINE: Final = _table(MachineRow)
CUSTOMER: Final = _table(CustomerRow)
STAGED_PART: Final = _table(StagedPartRow)
WEEK: Final = _table(WeekRow)
WINDOW: Final = _table(WindowRow)
CALENDAR_EVENT: Final = _table(CalendarEventRow)
NOTICE: Final = _table(NoticeRow)
REQUESTED_WINDOW: Final = _table(RequestedWindowRow)
WINDOW_NEWS: Final = _table(WindowNewsRow)
GATHERING: Final = _table(GatheringRow)
NOTICE_WINDOW: Final = _table(NoticeWindowRow)
