"""The tables of each service are those that its code declares, on each database, after all migrations."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from mweek_outbox import migrate, open_database, schema_revision
from mweek_outbox.migrations import newest_revision

from tests.support.databases import SERVICES
from tests.support.schema import undeclared

each_service = pytest.mark.parametrize("service", SERVICES)


@each_service
def test_migrations_make_the_tables_that_the_code_declares(database_url: str, service: str) -> None:
    """A column that only one of them knows, or knows otherwise, would be found out by a customer."""
    migrate(database_url, f"mweek_{service}")
    assert undeclared(database_url, service) == []


@each_service
def test_migrating_again_changes_nothing(database_url: str, service: str) -> None:
    package = f"mweek_{service}"
    assert schema_revision(database_url, package) == (None, newest_revision(package))
    for _ in range(2):
        migrate(database_url, package)
        assert schema_revision(database_url, package) == (newest_revision(package), newest_revision(package))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE customer ADD COLUMN colour VARCHAR", "('remove_column', None, 'customer', Column('colour'"),
        ("ALTER TABLE machine RENAME COLUMN digest TO sum", "('add_column', None, 'machine', Column('digest'"),
        ("DROP TABLE command", "('add_table', Table('command'"),
        ("CREATE TABLE colour (name VARCHAR PRIMARY KEY)", "('remove_table', Table('colour'"),
    ],
)
def test_table_that_is_not_as_declared_is_noticed(database_url: str, change: str, said: str) -> None:
    migrate(database_url, "mweek_inventory")
    database = open_database(database_url)
    with database.transaction() as session:
        session.connection().execute(sa.text(change))
    database.close()
    assert said in "\n".join(undeclared(database_url, "inventory"))
