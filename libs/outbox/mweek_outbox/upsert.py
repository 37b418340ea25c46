"""Insert-or-update in bulk, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def upsert(session: Session, table: sa.Table, rows: Sequence[dict[str, Any]], *, newer_by: str | None = None) -> None:
    """Write rows by their primary key.

    Args:
        rows: all columns of each row.
        newer_by: a column that must be greater than what stands, or the row is left as it is.
    """
    if not rows:
        return
    insert: Any = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    newer = None if newer_by is None else insert.excluded[newer_by] > table.c[newer_by]
    session.connection().execute(insert.on_conflict_do_update(index_elements=keys, set_=changed, where=newer), rows)
