"""Insert-or-update in bulk, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from mweek_outbox.bulk import execute_many


def upsert(session: Session, table: sa.Table, rows: Sequence[dict[str, Any]], *, newer_by: str | None = None) -> None:
    """Write rows by their primary key.

    Args:
        rows: all columns of each row.
        newer_by: a column that must be greater than what stands, or the row is left as it is.
    """
    if len(rows) > 1:
        execute_many(session, _statement(table, session.get_bind().dialect.name, newer_by), rows)
    elif rows:
        session.connection().execute(_statement(table, session.get_bind().dialect.name, newer_by), rows[0])


@cache
def _statement(table: sa.Table, dialect: str, newer_by: str | None) -> Any:
    # Made once for each table: handlers that write one row at a time would spend half of their time on it.
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    newer = None if newer_by is None else insert.excluded[newer_by] > table.c[newer_by]
    return insert.on_conflict_do_update(index_elements=keys, set_=changed, where=newer)
