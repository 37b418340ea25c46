"""Statements over many rows at once, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

AT_ONCE: Final = 1_000
"""Names that one statement asks for, or rows that one takes: well below what either database bears."""

Item = TypeVar("Item")


def chunks(items: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """Yield the items in tuples of at most 1,000."""
    left = iter(items)
    while chunk := tuple(islice(left, AT_ONCE)):
        yield chunk


def rows_where_in(
    session: Session, select: sa.Select[Any], column: sa.Column[Any], values: Iterable[str]
) -> Iterator[sa.Row[Any]]:
    """Yield the rows of a select whose column has one of the values, sorted and 1,000 a statement."""
    for chunk in chunks(sorted(set(values))):
        yield from session.connection().execute(select.where(column.in_(chunk)))
