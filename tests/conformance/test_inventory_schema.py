"""The inventory's tables are what its migrations make, and what its rows say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from mweek_inventory.bootstrap import FRAME
from mweek_inventory.storage.rows import InventoryRow
from mweek_outbox import migrate, open_database, schema_revision
from mweek_outbox.rows import TransportRow


def test_rows_and_migrations_name_the_same_tables_and_columns(database_url: str) -> None:
    """A column that only one of them knows would be found out by a customer."""
    migrate(database_url, FRAME.package)
    declared = {
        name: {column.name for column in table.columns}
        for metadata in (InventoryRow.metadata, TransportRow.metadata)
        for name, table in metadata.tables.items()
    }
    database = open_database(database_url)
    with database.read() as session:
        inspector = sa.inspect(session.connection())
        found = {
            name: {column["name"] for column in inspector.get_columns(name)}
            for name in inspector.get_table_names()
            if name != "alembic_version"
        }
    database.close()
    assert found == declared


def test_nullable_is_the_same_in_rows_and_migrations(database_url: str) -> None:
    """What may be absent is decided once."""
    migrate(database_url, FRAME.package)
    database = open_database(database_url)
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": False})
        differences = compare_metadata(context, InventoryRow.metadata)
    database.close()
    assert [one for one in differences if isinstance(one, list) and one[0][0] == "modify_nullable"] == []


def test_migrated_database_is_at_the_newest_schema(database_url: str) -> None:
    """And an empty one says that it is at none."""
    assert schema_revision(database_url, FRAME.package) == (None, "0002")
    migrate(database_url, FRAME.package)
    assert schema_revision(database_url, FRAME.package) == ("0002", "0002")
