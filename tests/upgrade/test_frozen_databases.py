"""A database of every release is upgraded with its data, and they mean what they meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from mweek_outbox import SchemaOutOfDateError, SchemaTooNewError, migrate, open_database, require_current_schema
from mweek_outbox.database import DanglingReferencesError

from tests.support.databases import SERVICES
from tests.support.likeness import unlike
from tests.support.schema import undeclared
from tests.upgrade.meaning import meaning_of
from tests.upgrade.next_release import REVISION, next_release
from tests.upgrade.released import RELEASES, Frozen

each_release = pytest.mark.parametrize("release", RELEASES)
each_service = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture
def frozen(release: str, database_url: str) -> Frozen:
    """A release on the database of this test."""
    return Frozen(release, database_url.partition(":")[0])


def now_means(frozen: Frozen, service: str, url: str) -> object:
    database = open_database(url)
    try:
        return meaning_of(service, database, command_ids=frozen.command_ids)
    finally:
        database.close()


@each_release
@each_service
def test_data_mean_the_same_after_all_migrations(frozen: Frozen, service: str, database_url: str) -> None:
    """In the tables of a new database."""
    frozen.thaw(service, database_url)
    migrate(database_url, f"mweek_{service}")
    assert undeclared(database_url, service) == []
    assert unlike(frozen.meaning(service), now_means(frozen, service, database_url)) == []


@each_release
@each_service
def test_migration_that_rebuilds_tables_loses_no_row_that_refers_to_them(
    frozen: Frozen, service: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next release does so; on SQLite, dropping a table deletes what refers to it, unless one sees to it."""
    later = next_release(service, tmp_path, package=f"next_{service}")
    monkeypatch.syspath_prepend(str(tmp_path))
    frozen.thaw(service, database_url)
    with pytest.raises(SchemaOutOfDateError, match=f"needs {REVISION}: run `mweek-next_{service} migrate`"):
        require_current_schema(database_url, later.package)
    migrate(database_url, later.package)
    require_current_schema(database_url, later.package)
    with pytest.raises(SchemaTooNewError, match=f"at schema {REVISION}, which this {service} does not know: start the"):
        migrate(database_url, f"mweek_{service}")
    assert unlike(frozen.meaning(service), now_means(frozen, service, database_url)) == []


def test_migration_that_leaves_dangling_references_is_rolled_back(sqlite_url: str) -> None:
    """References are not enforced while tables are rebuilt; they are looked at before the commit."""
    package = "tests.conformance.example_service"
    migrate(sqlite_url, package)
    database = open_database(sqlite_url)
    with (
        pytest.raises(DanglingReferencesError, match="leaves 1 dangling references: child to parent"),
        database.migrating() as connection,
    ):
        connection.execute(sa.text("INSERT INTO child (place, parent) VALUES (1, 'nobody')"))
    with database.transaction() as session:
        assert session.connection().execute(sa.text("SELECT count(*) FROM child")).scalar_one() == 0
        assert session.connection().execute(sa.text("PRAGMA foreign_keys")).scalar_one() == 1
    database.close()


def test_frozen_meaning_that_is_lost_or_changed_is_found() -> None:
    frozen = {"plan": {"revision": 3, "windows": ["a", "b"]}, "told": 4}
    assert unlike(frozen, frozen | {"more": 1}) == []
    assert unlike(frozen, {"plan": {"revision": 4, "windows": ["a"]}}) == [
        ".plan.revision: was 3, is 4",
        ".plan.windows: was ['a', 'b'], is ['a']",
        ".told: was 4, is None",
    ]
