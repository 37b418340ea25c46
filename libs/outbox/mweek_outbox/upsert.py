"""Insert-or-update and insert-unless-there, the same on SQLite and PostgreSQL."""

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


def insert_absent(session: Session, table: sa.Table, row: dict[str, Any]) -> bool:
    """Insert a row unless one with its primary key stands; returns whether it was inserted.

    Where another instance inserts the same key now, this waits for its commit and then leaves the row as it is.
    """
    statement = _statement_for_absent(table, session.get_bind().dialect.name)
    return bool(session.connection().execute(statement, row).rowcount)


@cache
def _statement_for_absent(table: sa.Table, dialect: str) -> Any:
    insert = _insert(table, dialect).on_conflict_do_nothing(index_elements=_keys(table))
    # Without the option the number of rows that an INSERT made is -1 on PostgreSQL: every row would be new.
    return insert.execution_options(preserve_rowcount=True)


@cache
def _statement(table: sa.Table, dialect: str, newer_by: str | None) -> Any:
    # Made once for each table: handlers that write one row at a time would spend half of their time on it.
    insert = _insert(table, dialect)
    keys = _keys(table)
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    newer = None if newer_by is None else insert.excluded[newer_by] > table.c[newer_by]
    return insert.on_conflict_do_update(index_elements=keys, set_=changed, where=newer)


def _insert(table: sa.Table, dialect: str) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def _keys(table: sa.Table) -> list[str]:
    return [column.name for column in table.primary_key]
