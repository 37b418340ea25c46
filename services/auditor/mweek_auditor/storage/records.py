"""The auditor's copy of the records: what each says now, and what it said when a plan was made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from mweek_contracts.windows import RecordsPosition
from mweek_outbox import UtcDateTime
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.storage.rows import RECORD, RECORD_VERSION

Document = dict[str, Any]
_KEY = ("kind", "location", "name")
_COLUMNS = (*_KEY, "revision", "document", "stream_created_at", "after_sequence", "upto_sequence")


class RecordKind(StrEnum):
    """What a record is about."""

    MACHINE = "machine"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record to be stored; `location` is empty for a customer, `document` None for a tombstone."""

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
class Snapshot:
    """The documents of a location and of all customers, and the names of machines whose state then is not known."""

    machines: tuple[Document, ...]
    customers: tuple[Document, ...]
    doubtful: frozenset[str]


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


def now_known(session: Session, location: str) -> Snapshot:
    """Return what the records say now."""
    return _snapshot([row for row in _standing(session, location) if row["document"]], frozenset())


def known_at(session: Session, location: str, position: RecordsPosition) -> Snapshot:
    """Return what the records said up to a position of the stream, as far as that is still known.

    A record that came in a batch reaching over the position is doubtful: it may have come before or after it.
    """
    at = (position.stream_created_at, position.sequence)
    versions = _versions_by_key(session, location)
    rows, unsure = [], set()
    for row in _standing(session, location):
        then, sure = _then(row, versions.get(tuple(row[name] for name in _KEY), ()), at)
        if not sure:
            unsure.add((row["kind"], row["name"]))
        if then is not None and then["document"]:
            rows.append(then)
    return _snapshot(rows, unsure)


def forget_versions_before(session: Session, instant: datetime) -> None:
    """Forget what records said before, where it was replaced before an instant."""
    session.connection().execute(sa.delete(RECORD_VERSION).where(RECORD_VERSION.c.superseded_at < instant))


def _keep_versions(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Copy what stands and is about to be replaced; a statement per batch, a row per record that changes."""
    standing = sa.select(*(RECORD.c[name] for name in _COLUMNS), sa.bindparam("now", type_=UtcDateTime()))
    replaced = standing.where(
        RECORD.c.kind == sa.bindparam("its_kind"),
        RECORD.c.location == sa.bindparam("its_location"),
        RECORD.c.name == sa.bindparam("its_name"),
        RECORD.c.revision < sa.bindparam("its_revision"),
    )
    insert = sa.insert(RECORD_VERSION).from_select([*_COLUMNS, "superseded_at"], replaced)
    keys = [{f"its_{name}": row[name] for name in (*_KEY, "revision")} | {"now": now} for row in rows]
    session.connection().execute(insert, keys)


def _standing(session: Session, location: str) -> list[Mapping[str, Any]]:
    return [dict(row) for row in session.connection().execute(_of_location(RECORD, location)).mappings()]


def _of_location(table: sa.Table, location: str) -> sa.Select[Any]:
    """Return the query for the machines of a location and all customers."""
    return sa.select(*(table.c[name] for name in _COLUMNS)).where(table.c.location.in_((location, "")))


def _versions_by_key(session: Session, location: str) -> Mapping[tuple[Any, ...], list[Mapping[str, Any]]]:
    """Return earlier versions, the newest first."""
    query = _of_location(RECORD_VERSION, location).order_by(RECORD_VERSION.c.revision.desc())
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in session.connection().execute(query).mappings():
        found.setdefault(tuple(row[name] for name in _KEY), []).append(dict(row))
    return found


def _then(
    row: Mapping[str, Any], versions: Iterable[Mapping[str, Any]], at: tuple[datetime, int]
) -> tuple[Mapping[str, Any] | None, bool]:
    """Return the version that stood at a position (None: nothing did), and whether that is sure."""
    first_heard = row
    for version in (row, *versions):
        if (version["stream_created_at"], version["upto_sequence"]) <= at:
            return version, True
        if (version["stream_created_at"], version["after_sequence"]) < at:
            return version, False
        first_heard = version
    # The stream keeps the last record alone: what was first heard of as a change may have been there before.
    return None, bool(first_heard["revision"] == 1)


def _snapshot(rows: Iterable[Mapping[str, Any]], unsure: Collection[tuple[str, str]]) -> Snapshot:
    machines: list[Document] = []
    customers: list[Document] = []
    for row in rows:
        (machines if row["kind"] == RecordKind.MACHINE else customers).append(row["document"])
    owners = {name for kind, name in unsure if kind == RecordKind.CUSTOMER}
    doubtful = {name for kind, name in unsure if kind == RecordKind.MACHINE}
    doubtful |= {machine["name"] for machine in machines if machine.get("customer") in owners}
    return Snapshot(tuple(machines), tuple(customers), frozenset(doubtful))
