"""Database, on SQLite and PostgreSQL alike: transactions, locks, roles, migrations."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from mweek_outbox import Database, SchemaOutOfDateError, migrate, open_database, require_current_schema, schema_revision
from mweek_outbox.database import lock_key
from mweek_outbox.exclusive import AdvisoryRole
from sqlalchemy.exc import IntegrityError

from tests.support.eventually import eventually
from tests.support.rollback import abandon

EXAMPLE = "tests.conformance.example_service"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database of the example service."""
    migrate(database_url, EXAMPLE)
    opened = open_database(database_url)
    yield opened
    opened.close()


def add_parent(database: Database, name: str) -> None:
    with database.transaction() as session:
        session.connection().execute(sa.text("INSERT INTO parent VALUES (:name)"), {"name": name})


def parents(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.connection().execute(sa.text("SELECT name FROM parent ORDER BY name")).scalars())


def test_migrate_brings_an_empty_database_to_the_newest_schema_and_again_does_nothing(database_url: str) -> None:
    assert schema_revision(database_url, EXAMPLE) == (None, "v0002")
    migrate(database_url, EXAMPLE)
    migrate(database_url, EXAMPLE)
    assert schema_revision(database_url, EXAMPLE) == ("v0002", "v0002")
    require_current_schema(database_url, EXAMPLE)


def test_database_without_the_newest_schema_is_refused_with_the_command_that_helps(database_url: str) -> None:
    with pytest.raises(SchemaOutOfDateError) as refused:
        require_current_schema(database_url, "tests.conformance.example_service")
    assert "the database is at schema (empty), this" in str(refused.value)
    assert "migrate" in str(refused.value)


def test_migration_that_fails_half_way_leaves_nothing_behind(database_url: str) -> None:
    with pytest.raises(ValueError, match="second half"):
        migrate(database_url, "tests.conformance.broken_service")
    opened = open_database(database_url)
    with opened.read() as session:
        assert not sa.inspect(session.connection()).has_table("half")
    opened.close()


def test_transaction_commits_at_the_end_of_the_block(database: Database) -> None:
    add_parent(database, "a")
    assert parents(database) == ["a"]


def test_transaction_that_raises_leaves_nothing(database: Database) -> None:
    abandon(database, lambda session: session.connection().execute(sa.text("INSERT INTO parent VALUES ('a')")))
    assert parents(database) == []


def test_reading_changes_nothing(database: Database) -> None:
    with database.read() as session:
        session.connection().execute(sa.text("INSERT INTO parent VALUES ('a')"))
    assert parents(database) == []


def test_reader_sees_one_state_and_no_half_transaction(database: Database) -> None:
    with database.transaction() as writing:
        writing.connection().execute(sa.text("INSERT INTO parent VALUES ('a')"))
        assert parents(database) == []
    assert parents(database) == ["a"]


def test_reader_goes_on_seeing_the_state_that_it_began_with(database: Database) -> None:
    with database.read() as reading:
        count = sa.text("SELECT count(*) FROM parent")
        before = reading.connection().execute(count).scalar_one()
        add_parent(database, "a")
        assert reading.connection().execute(count).scalar_one() == before
    assert parents(database) == ["a"]


def test_dangling_reference_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.connection().execute(sa.text("INSERT INTO child (place, parent) VALUES (1, 'nobody')"))


def test_failed_statement_shows_no_parameters(database: Database) -> None:
    add_parent(database, "secret-name")
    with pytest.raises(IntegrityError) as failed:
        add_parent(database, "secret-name")
    assert "SQL parameters hidden" in str(failed.value)


def test_many_writers_at_once_lose_no_change_and_none_finds_it_locked(database: Database) -> None:
    add_parent(database, "0")

    def count_up() -> None:
        for _ in range(25):
            with database.transaction() as session:
                database.lock(session, "counter")
                present = session.connection().execute(sa.text("SELECT name FROM parent")).scalar_one()
                update = sa.text("UPDATE parent SET name = :name")
                session.connection().execute(update, {"name": str(int(present) + 1)})

    writers = [threading.Thread(target=count_up) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert parents(database) == ["100"]


def test_lock_of_another_name_is_waited_for_on_sqlite_alone(database: Database) -> None:
    done = threading.Event()

    def decide_elsewhere() -> None:
        with database.transaction() as session:
            database.lock(session, "location:whq")
        done.set()

    other = threading.Thread(target=decide_elsewhere)
    with database.transaction() as session:
        database.lock(session, "location:rzob")
        other.start()
        # One writer at a time is all that SQLite has.
        expected = database.dialect == "postgresql"
        assert done.wait(5.0 if expected else 0.2) is expected
    other.join()
    assert done.is_set()


def test_exclusive_role_belongs_to_one_at_a_time_and_passes_on_when_released(database: Database) -> None:
    first, second = database.exclusive_role("relay"), database.exclusive_role("relay")
    assert (first.acquire(), second.acquire()) == (True, False)
    assert first.acquire(), "who has the role keeps it"
    first.release()
    assert second.acquire()
    second.release()


def test_exclusive_roles_of_other_names_are_independent(database: Database) -> None:
    relay, other = database.exclusive_role("relay"), database.exclusive_role("other")
    assert (relay.acquire(), other.acquire()) == (True, True)
    relay.release()
    other.release()


async def test_exclusive_role_of_a_process_that_is_not_heard_of_passes_on(
    database: Database, database_url: str
) -> None:
    """It is frozen, or behind a network that was cut: its session is still there."""
    if database.dialect != "postgresql":
        return  # a file lock is of one machine, and stays with a process that is frozen
    engine = sa.create_engine(sa.make_url(database_url).set(drivername="postgresql+psycopg"))
    silent = AdvisoryRole(engine, lock_key("relay"), lost_after=timedelta(milliseconds=300))
    assert silent.acquire()
    other = database.exclusive_role("relay")
    await eventually(other.acquire)
    assert not silent.acquire(), "it comes back and finds that it has lost the role"
    other.release()
    engine.dispose()


def test_exclusive_role_is_lost_with_its_connection(database: Database) -> None:
    if database.dialect != "postgresql":
        return  # a file lock ends with the process: tests/delivery kills one
    role = database.exclusive_role("relay")
    assert role.acquire()
    with database.transaction() as session:
        session.connection().execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        )
    assert not role.acquire(), "the lock went with the session"
    assert role.acquire(), "and can be taken anew"
    role.release()


def test_other_kind_of_database_is_refused_with_those_that_work() -> None:
    with pytest.raises(ValueError, match="kind 'mysql' is not supported: use sqlite:///path or postgresql://host/name"):
        open_database("mysql://localhost/mweek")
