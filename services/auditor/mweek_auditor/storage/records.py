"""The auditor's copy of the records: what each says now, and what it said when a plan was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa
from mweek_contracts.windows import RecordsPosition
from mweek_outbox import UtcDateTime, execute_many
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.storage.rows import RECORD, RECORD_VERSION

Document = dict[str, Any]
MachineItem = TypeVar("MachineItem")
CustomerItem = TypeVar("CustomerItem")
_KEY = ("kind", "location", "name")
_COLUMNS = (*_KEY, "revision", "document", "stream_created_at", "after_sequence", "upto_sequence")


class RecordKind(StrEnum):
    """What a record is about."""

    MACHINE = "machine"
    CUSTOMER = "customer"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record to be stored; `location` is empty for a customer, `name` for a policy, `document` for a tombstone."""

    kind: RecordKind
    location: str
    name: str
    revision: int
    document: Document | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Where in the stream some records came from: after one sequence, up to another."""

    stream_created_at: datetime
    after_sequence: int
    upto_sequence: int


@dataclass(frozen=True, slots=True)
class Reading(Generic[MachineItem, CustomerItem]):
    """What to make of a document as soon as it is read: those of 100,000 machines would fill the memory."""

    machine: Callable[[Document], MachineItem]
    customer: Callable[[Document], CustomerItem]


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[MachineItem, CustomerItem]):
    """The machines of a location, all customers, and the names of machines whose state then is not known."""

    machines: tuple[MachineItem, ...]
    customers: tuple[CustomerItem, ...]
    doubtful: frozenset[str] = frozenset()


def apply(session: Session, records: Sequence[StoredRecord], batch: Batch, *, now: datetime) -> None:
    """Store records whose revision is higher than what stands, and keep what stood as a version."""
    rows = [
        {
            "kind": record.kind,
            "location": record.location,
            "name": record.name,
            "revision": record.revision,
            "document": record.document,
            "stream_created_at": batch.stream_created_at,
            "after_sequence": batch.after_sequence,
            "upto_sequence": batch.upto_sequence,
        }
        for record in records
    ]
    if rows:
        _keep_versions(session, rows, now)
        upsert(session, RECORD, rows, newer_by="revision")


def now_known(
    session: Session, location: str, reading: Reading[MachineItem, CustomerItem]
) -> Snapshot[MachineItem, CustomerItem]:
    """Return what the records say now."""
    collected = _Collected(reading)
    for row in session.connection().execute(_of_location(RECORD, location)):
        collected.add(row, collected.item(row))
    return collected.snapshot()


def known_now_and_at(
    session: Session, location: str, position: RecordsPosition, reading: Reading[MachineItem, CustomerItem]
) -> tuple[Snapshot[MachineItem, CustomerItem], Snapshot[MachineItem, CustomerItem]]:
    """Return what the records say now, and what they said up to a position, as far as that is still known.

    A record that came in a batch reaching over the position is doubtful: it may have come before or after it. What did
    not change in between is the same object in both.
    """
    at = (position.stream_created_at, position.sequence)
    versions = _versions_by_key(session, location)
    now, then = _Collected(reading), _Collected(reading)
    for row in session.connection().execute(_of_location(RECORD, location)):
        item = now.item(row)
        now.add(row, item)
        stood, sure = _then(row, versions.get((row.kind, row.location, row.name), ()), at)
        if not sure:
            then.unsure(row)
        if stood is not None:
            then.add(stood, item if stood is row else then.item(stood))
    return now.snapshot(), then.snapshot()


def forget_versions_before(session: Session, instant: datetime) -> None:
    """Forget what records said before, where it was replaced before an instant."""
    session.connection().execute(sa.delete(RECORD_VERSION).where(RECORD_VERSION.c.superseded_at < instant))


def _keep_versions(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Copy what stands and is about to be replaced; a statement per batch, a row per record that changes."""
    keys = [{f"its_{name}": row[name] for name in (*_KEY, "revision")} | {"now": now} for row in rows]
    execute_many(session, _KEEP, keys)


def _of_location(table: sa.Table, location: str) -> sa.Select[Any]:
    """Return the query for the machines of a location and all customers."""
    of_fleet = table.c.kind.in_((RecordKind.MACHINE.value, RecordKind.CUSTOMER.value))
    return sa.select(*(table.c[name] for name in _COLUMNS)).where(table.c.location.in_((location, "")), of_fleet)


def _versions_by_key(session: Session, location: str) -> Mapping[tuple[str, str, str], list[sa.Row[Any]]]:
    """Return earlier versions, the newest first."""
    query = _of_location(RECORD_VERSION, location).order_by(RECORD_VERSION.c.revision.desc())
    found: dict[tuple[str, str, str], list[sa.Row[Any]]] = {}
    for row in session.connection().execute(query):
        found.setdefault((row.kind, row.location, row.name), []).append(row)
    return found


def _then(
    row: sa.Row[Any], versions: Iterable[sa.Row[Any]], at: tuple[datetime, int]
) -> tuple[sa.Row[Any] | None, bool]:
    """Return the version that stood at a position (None: nothing did), and whether that is sure."""
    first_heard = row
    for version in (row, *versions):
        if (version.stream_created_at, version.upto_sequence) <= at:
            return version, True
        if (version.stream_created_at, version.after_sequence) < at:
            return version, False
        first_heard = version
    # The stream keeps the last record alone: what was first heard of as a change may have been there before.
    return None, bool(first_heard.revision == 1)


class _Collected(Generic[MachineItem, CustomerItem]):
    """Rows on their way into a snapshot."""

    def __init__(self, reading: Reading[MachineItem, CustomerItem]) -> None:
        self._reading = reading
        self._machines: list[MachineItem] = []
        self._customers: list[CustomerItem] = []
        self._owners: list[tuple[str, str | None]] = []
        self._unsure: set[tuple[str, str]] = set()

    def item(self, row: sa.Row[Any]) -> MachineItem | CustomerItem | None:
        """Return what a row says; None where it is a tombstone."""
        if not row.document:
            return None
        read = self._reading.machine if row.kind == RecordKind.MACHINE else self._reading.customer
        return read(row.document)

    def add(self, row: sa.Row[Any], item: Any) -> None:
        """Take in what was read of a row."""
        if item is None:
            return
        if row.kind == RecordKind.MACHINE:
            self._machines.append(item)
            self._owners.append((row.name, row.document.get("customer")))
        else:
            self._customers.append(item)

    def unsure(self, row: sa.Row[Any]) -> None:
        """Remember that it is not known what the row's subject said."""
        self._unsure.add((row.kind, row.name))

    def snapshot(self) -> Snapshot[MachineItem, CustomerItem]:
        """Return all of it; the machines of a doubtful customer are doubtful too."""
        owners = {name for kind, name in self._unsure if kind == RecordKind.CUSTOMER}
        doubtful = {name for kind, name in self._unsure if kind == RecordKind.MACHINE}
        if owners:
            doubtful |= {machine for machine, owner in self._owners if owner in owners}
        return Snapshot(tuple(self._machines), tuple(self._customers), frozenset(doubtful))


def _keeping() -> sa.Insert:
    standing = sa.select(*(RECORD.c[name] for name in _COLUMNS), sa.bindparam("now", type_=UtcDateTime()))
    replaced = standing.where(
        RECORD.c.kind == sa.bindparam("its_kind"),
        RECORD.c.location == sa.bindparam("its_location"),
        RECORD.c.name == sa.bindparam("its_name"),
        RECORD.c.revision < sa.bindparam("its_revision"),
    )
    return sa.insert(RECORD_VERSION).from_select([*_COLUMNS, "superseded_at"], replaced)


_KEEP: Final = _keeping()
