"""The inventory's tables. Rows only: what goes in was validated by a message or a document."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from mweek_outbox import UtcDateTime
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_own = registry()


class InventoryRow(SQLModel, registry=_own):
    """What the inventory's tables have in common: a metadata of their own."""

    metadata = _own.metadata


class MachineRow(InventoryRow, table=True):
    """A machine, whole in `content` (JSON); beside it what others refer to. Removed ones stay, with their revision."""

    __tablename__ = "machine"

    location: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    revision: int
    removed: bool
    virtual: bool
    customer: str | None = None
    host: str | None = None
    digest: str
    content: str = Field(sa_type=sa.Text)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class CustomerRow(InventoryRow, table=True):
    """A customer, whole in `content` (JSON). Removed ones stay, with their revision."""

    __tablename__ = "customer"

    customer: str = Field(primary_key=True)
    revision: int
    removed: bool
    digest: str
    content: str = Field(sa_type=sa.Text)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class PolicyRow(InventoryRow, table=True):
    """The policy of a location, whole in `content` (JSON). Removed ones stay, with their revision."""

    __tablename__ = "policy"

    location: str = Field(primary_key=True)
    revision: int
    removed: bool
    digest: str
    content: str = Field(sa_type=sa.Text)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class ImportRow(InventoryRow, table=True):
    """An import by command: how many parts it has and how far it has come."""

    __tablename__ = "fleet_import"

    location: str = Field(primary_key=True)
    import_id: str = Field(primary_key=True)
    parts: int
    received: int
    replaces: bool
    stage: str
    started_at: datetime = Field(sa_type=UtcDateTime)


class ImportPartRow(InventoryRow, table=True):
    """A part that waits for the others: the command as it came."""

    __tablename__ = "fleet_import_part"

    location: str = Field(primary_key=True)
    import_id: str = Field(primary_key=True)
    part: int = Field(primary_key=True)
    digest: str
    body: bytes = Field(sa_type=sa.LargeBinary)


class CommandRow(InventoryRow, table=True):
    """A command that was dealt with; a second one of the same id and part does nothing."""

    __tablename__ = "command"

    command_id: str = Field(primary_key=True)
    part: int = Field(primary_key=True)
    digest: str
    seen_at: datetime = Field(sa_type=UtcDateTime)


MACHINE: sa.Table = MachineRow.__table__  # type: ignore[attr-defined]
CUSTOMER: sa.Table = CustomerRow.__table__  # type: ignore[attr-defined]
POLICY: sa.Table = PolicyRow.__table__  # type: ignore[attr-defined]
IMPORT: sa.Table = ImportRow.__table__  # type: ignore[attr-defined]
PART: sa.Table = ImportPartRow.__table__  # type: ignore[attr-defined]
COMMAND: sa.Table = CommandRow.__table__  # type: ignore[attr-defined]
