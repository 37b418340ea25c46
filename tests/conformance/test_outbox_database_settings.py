"""What `open_database` sees to on a real database: commits that last, transactions that end, few connections."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
import sqlalchemy as sa
from mweek_outbox import Database, durability_risks, open_database
from mweek_outbox.database import CONNECTIONS_AT_MOST, CONNECTIONS_KEPT
from sqlalchemy.exc import OperationalError

from tests.support.eventually import wait_for
from tests.support.postgres import PostgresCluster


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def postgresql_url(postgres_cluster: PostgresCluster) -> str:
    """The URL of an empty PostgreSQL database."""
    return postgres_cluster.new_database()


def settings_of(database: Database, show: str, *names: str) -> dict[str, object]:
    with database.read() as session:
        return {name: session.connection().execute(sa.text(f"{show} {name}")).scalar_one() for name in names}


def test_sqlite_file_loses_no_commit_and_checks_references(sqlite_url: str) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
    with opened(sqlite_url) as database:
        found = settings_of(database, "PRAGMA", *names)
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "trusted_schema": 0,
    }


def test_sqlite_transaction_is_alone_from_its_beginning_and_a_read_is_not(sqlite_url: str) -> None:
    """Begun without IMMEDIATE it would be alone from its first change on, and fail there if another was faster."""
    path = sqlite_url.removeprefix("sqlite:///")
    with opened(sqlite_url) as database:
        with (
            closing(sqlite3.connect(path, timeout=0)) as other,
            database.transaction(),
            pytest.raises(sqlite3.OperationalError, match="database is locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(path, timeout=0)) as other, database.read() as session:
            session.connection()
            other.execute("BEGIN IMMEDIATE")
            other.rollback()


def test_postgresql_session_waits_for_nothing_for_ever(postgresql_url: str) -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "TimeZone")
    with opened(postgresql_url) as database:
        assert settings_of(database, "SHOW", *names) == {
            "lock_timeout": "30s",
            "statement_timeout": "5min",
            "idle_in_transaction_session_timeout": "10min",
            "TimeZone": "UTC",
        }


def test_migration_may_take_longer_than_a_statement_of_a_service(postgresql_url: str) -> None:
    with opened(postgresql_url) as database, database.migrating() as connection:
        assert connection.execute(sa.text("SHOW statement_timeout")).scalar_one() == "0"


def test_options_of_the_url_are_kept_and_win(postgresql_url: str) -> None:
    """So that one database with a schema for each service is possible, and every timeout can be chosen."""
    url = f"{postgresql_url}&options=-c%20search_path%3Dmweek%20-c%20lock_timeout%3D7s"
    with opened(url) as database:
        assert settings_of(database, "SHOW", "search_path", "lock_timeout", "statement_timeout") == {
            "search_path": "mweek",
            "lock_timeout": "7s",
            "statement_timeout": "5min",
        }


@pytest.mark.parametrize(("server", "session"), [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_commit_waits_for_the_disk_whatever_the_server_says(postgresql_url: str, server: str, session: str) -> None:
    """A server that was made fast by acknowledging early is overruled; one that waits for its standbys is not."""
    with opened(postgresql_url) as database, database.transaction() as change:
        name = change.connection().execute(sa.text("SELECT current_database()")).scalar_one()
        change.connection().execute(sa.text(f'ALTER DATABASE "{name}" SET synchronous_commit = {server}'))
    with opened(postgresql_url) as database:
        assert settings_of(database, "SHOW", "synchronous_commit") == {"synchronous_commit": session}
        with database.read() as first, database.transaction() as second:
            shown = [
                one.connection().execute(sa.text("SHOW synchronous_commit")).scalar_one() for one in (first, second)
            ]
        assert shown == [session, session]


def test_standby_that_takes_no_writes_is_no_database_to_work_on(postgresql_url: str) -> None:
    """It fails as a server that is away does, which messages wait for; a failed write would count against them."""
    with opened(postgresql_url) as database, database.transaction() as change:
        name = change.connection().execute(sa.text("SELECT current_database()")).scalar_one()
        change.connection().execute(sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    with opened(postgresql_url) as database, pytest.raises(OperationalError, match="session is read-only"):
        durability_risks(database)
    with opened(f"{postgresql_url}&target_session_attrs=any") as database:
        assert settings_of(database, "SHOW", "transaction_read_only") == {"transaction_read_only": "on"}


def test_server_that_may_lose_commits_is_named_with_its_setting(postgresql_url: str) -> None:
    """The cluster of the tests is such a one, for speed."""
    with opened(postgresql_url) as database:
        assert durability_risks(database) == [
            "the PostgreSQL server runs with fsync=off: a power cut may lose commits and leave the database damaged"
        ]


def test_sqlite_has_no_server_to_be_wrong_about(sqlite_url: str) -> None:
    with opened(sqlite_url) as database:
        assert durability_risks(database) == []


def test_service_takes_few_connections_and_gives_back_most(postgresql_url: str) -> None:
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with opened(postgresql_url) as watching, opened(postgresql_url) as database:

        def connections() -> int:
            with watching.read() as session:
                return int(session.connection().execute(others).scalar_one())

        with ExitStack() as busy:
            for _ in range(CONNECTIONS_AT_MOST):
                busy.enter_context(database.read()).connection()
            assert connections() == CONNECTIONS_AT_MOST
        wait_for(lambda: connections() == CONNECTIONS_KEPT, within=10)
