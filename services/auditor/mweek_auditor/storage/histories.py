"""The records of a location with all of their versions that are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from mweek_auditor.domain.windows.history import History, Version
from mweek_auditor.domain.windows.window import Position
from mweek_auditor.storage.records import Document, RecordKind
from mweek_auditor.storage.rows import RECORD, RECORD_VERSION

_COLUMNS: Final = ("kind", "name", "revision", "document", "stream_created_at", "after_sequence", "upto_sequence")


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What to make of the documents of one kind."""

    kind: RecordKind
    read: Callable[[Document], Any]


def histories(session: Session, location: str, *kinds: ReadAs) -> Mapping[RecordKind, Mapping[str, History[Any]]]:
    """Return the records of a location, and all customers, by kind and name; the policy has no name."""
    read = {one.kind: one.read for one in kinds}
    versions: dict[tuple[str, str], list[tuple[int, Version[Any]]]] = {}
    replaced: dict[tuple[str, str], Any] = {}
    for table in (RECORD, RECORD_VERSION):
        is_version = table is RECORD_VERSION
        columns = [table.c[name] for name in _COLUMNS] + ([table.c.superseded_at] if is_version else [])
        for row in session.connection().execute(sa.select(*columns).where(table.c.location.in_((location, "")))):
            key = (row.kind, row.name)
            if is_version:
                replaced[key] = max(row.superseded_at, replaced.get(key, row.superseded_at))
            versions.setdefault(key, []).append((row.revision, _version(row, read[RecordKind(row.kind)])))
    found: dict[RecordKind, dict[str, History[Any]]] = {kind: {} for kind in read}
    for (kind, name), known in versions.items():
        found[RecordKind(kind)][name] = _history(known, replaced.get((kind, name)))
    return found


def _version(row: sa.Row[Any], read: Callable[[Document], Any]) -> Version[Any]:
    return Version(
        item=read(row.document) if row.document else None,
        after=Position(row.stream_created_at, row.after_sequence),
        upto=Position(row.stream_created_at, row.upto_sequence),
        revision=row.revision,
    )


def _history(known: list[tuple[int, Version[Any]]], replaced_at: Any) -> History[Any]:
    newest, *older = (version for _, version in sorted(known, key=lambda one: one[0], reverse=True))
    now = (
        newest if replaced_at is None else Version(newest.item, newest.after, newest.upto, newest.revision, replaced_at)
    )
    return History((now, *older))
