"""Statements over many rows at once, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

AT_ONCE: Final = 1_000
"""Names that one statement asks for, or rows that one takes: well below what either database bears."""

Item = TypeVar("Item")


def chunks(items: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """Yield the items in tuples of at most 1,000."""
    left = iter(items)
    while chunk := tuple(islice(left, AT_ONCE)):
        yield chunk


def upsert(session: Session, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or change them where their primary key is there already; each row has all columns."""
    if not rows:
        return
    insert: Any = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    session.connection().execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def rows_where_in(
    session: Session, select: sa.Select[Any], column: sa.Column[Any], values: Iterable[str]
) -> Iterator[sa.Row[Any]]:
    """Yield the rows of a select whose column has one of the values, sorted and 1,000 a statement."""
    for chunk in chunks(sorted(set(values))):
        yield from session.connection().execute(select.where(column.in_(chunk)))
