"""The planner's migrations make the tables that its rows describe, on each database."""

from __future__ import annotations

import sqlalchemy as sa
from mweek_outbox import migrate, open_database, schema_revision
from mweek_planner.storage.rows import PlannerRow

PACKAGE = "mweek_planner"


def test_migrated_database_has_the_tables_of_the_rows(database_url: str) -> None:
    migrate(database_url, PACKAGE)
    database = open_database(database_url)
    with database.read() as session:
        inspector = sa.inspect(session.connection())
        for table in PlannerRow.metadata.sorted_tables:
            made = {column["name"]: bool(column["nullable"]) for column in inspector.get_columns(table.name)}
            # A tombstone has no fields: what a row of a record may lack, the table lets it lack.
            assert made == {column.name: bool(column.nullable) for column in table.columns}, table.name
            keys = inspector.get_pk_constraint(table.name)["constrained_columns"]
            assert keys == [column.name for column in table.primary_key.columns], table.name
    database.close()


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url, PACKAGE)
    first = schema_revision(database_url, PACKAGE)
    migrate(database_url, PACKAGE)
    assert schema_revision(database_url, PACKAGE) == first
    assert first[0] == first[1]
