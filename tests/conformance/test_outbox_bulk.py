"""Many rows at once are written as one row is, on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from mweek_outbox import Database, UtcDateTime, execute_many, open_database

from tests.support.ids import at

TABLE = sa.Table(
    "sample",
    sa.MetaData(),
    sa.Column("name", sa.String(63), primary_key=True),
    sa.Column("at", UtcDateTime()),
    sa.Column("flag", sa.Boolean()),
    sa.Column("document", sa.JSON()),
    sa.Column("body", sa.LargeBinary()),
)
INSERT = sa.insert(TABLE)
NIGHT = at("2026-12-01T22:00Z")
ROWS = [
    {"name": "a", "at": NIGHT, "flag": True, "document": {"of": ["ä", 1]}, "body": b"\x00a"},
    {"name": "b", "at": None, "flag": False, "document": {"of": []}, "body": b""},
    {"name": "c", "at": NIGHT, "flag": None, "document": {}, "body": b"c"},
]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    with opened.migrating() as connection:
        TABLE.create(connection)
    yield opened
    opened.close()


def rows_of(database: Database) -> list[dict[str, object]]:
    with database.read() as session:
        return [dict(row) for row in session.connection().execute(sa.select(TABLE).order_by("name")).mappings()]


def test_rows_come_back_as_they_were_written(database: Database) -> None:
    with database.transaction() as session:
        execute_many(session, INSERT, ROWS)
    assert rows_of(database) == ROWS


def test_values_that_the_statement_says_itself_are_written_too(database: Database) -> None:
    named = sa.update(TABLE).where(TABLE.c.name == sa.bindparam("of_name"), TABLE.c.flag.is_(True))
    with database.transaction() as session:
        execute_many(session, INSERT, ROWS)
        changed = execute_many(session, named.values(at=NIGHT, body=b"new"), [{"of_name": "a"}, {"of_name": "b"}])
    assert (changed, [row["body"] for row in rows_of(database)]) == (1, [b"new", b"", b"c"])


def test_no_rows_are_no_statement(database: Database) -> None:
    with database.transaction() as session:
        assert execute_many(session, INSERT, []) == 0


def test_a_time_without_a_zone_is_refused_among_many(database: Database) -> None:
    naive = {**ROWS[0], "name": "z", "at": NIGHT.replace(tzinfo=None)}
    with (
        pytest.raises((ValueError, sa.exc.StatementError), match="has no time zone"),
        database.transaction() as session,
    ):
        execute_many(session, INSERT, [*ROWS, naive])
    assert rows_of(database) == []
