"""What requests were answered, and what many handlers say in one transaction, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from mweek_outbox import (
    AnsweredRequest,
    Database,
    OutgoingMessage,
    forget_answered,
    gathering,
    migrate,
    open_database,
    read_answered,
    record_outgoing,
    remember_answered,
)
from mweek_outbox.rows import AnsweringRow
from mweek_outbox.schema import create_answered_requests_v1
from mweek_outbox.waiting import read_waiting
from sqlmodel import Session

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "tests.conformance.example_service")
    opened = open_database(database_url)
    with opened.migrating() as connection:
        create_answered_requests_v1(Operations(MigrationContext.configure(connection)))
    yield opened
    opened.close()


def answered(key: str, days_ago: int = 0) -> AnsweredRequest:
    return AnsweredRequest(key, "request-window.v1", "0" * 64, b'{"grant":1}', NOW - timedelta(days=days_ago))


def message(name: str) -> OutgoingMessage:
    return OutgoingMessage(name, "EVENTS", f"evt.{name}", {}, b"{}")


def waiting(database: Database) -> list[str]:
    with database.read() as session:
        return [one.message.message_id for one in read_waiting(session, 100)]


def test_table_is_the_one_that_the_code_declares(database: Database) -> None:
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        found = [str(one) for one in compare_metadata(context, AnsweringRow.metadata)]
    assert [one for one in found if "answered_request" in one and "index" not in one] == []


def test_answer_comes_back_whole_and_others_do_not(database: Database) -> None:
    with database.transaction() as session:
        remember_answered(session, [answered("rzob/b/1"), answered("rzob/a/1"), answered("rzob/a/2")])
        assert read_answered(session, []) == {}
    with database.read() as session:
        found = read_answered(session, ["rzob/a/1", "rzob/b/1", "rzob/c/1"])
    assert found == {"rzob/a/1": answered("rzob/a/1"), "rzob/b/1": answered("rzob/b/1")}


def test_old_answers_are_forgotten(database: Database) -> None:
    with database.transaction() as session:
        remember_answered(session, [answered("old", 91), answered("young", 89)])
        assert forget_answered(session, NOW - timedelta(days=90)) == 1
        assert list(read_answered(session, ["old", "young"])) == ["young"]


def test_who_wants_any_of_the_same_locks_waits_and_never_in_a_circle(database: Database) -> None:
    names = [f"request rzob/m{number}/1" for number in range(200)]

    def add_one() -> None:
        with database.transaction() as session:
            database.lock_all(session, names[50:][::-1])
            if not read_answered(session, ["rzob/m60/1"]):
                remember_answered(session, [answered("rzob/m60/1")])

    others = [threading.Thread(target=add_one) for _ in range(3)]
    with database.transaction() as session:
        database.lock_all(session, names[:100])
        database.lock_all(session, [])
        for other in others:
            other.start()
        others[0].join(0.2)
        assert all(other.is_alive() for other in others)
        remember_answered(session, [answered("rzob/m60/1")])
    for other in others:
        other.join()
    with database.read() as session:
        assert len(read_answered(session, ["rzob/m60/1"])) == 1


def test_gathered_messages_are_written_in_order_at_the_end(database: Database) -> None:
    told: list[str] = []
    database.on_outgoing(lambda: told.append("told"))
    with database.transaction() as session, gathering(session) as gathered:
        for name in ("m-1", "m-2", "m-3"):
            record_outgoing(session, message(name))
        del gathered[1:2]  # what recorded it was rolled back
        assert session.connection().execute(sa.text("SELECT count(*) FROM outbox")).scalar_one() == 0
    assert (waiting(database), told) == (["m-1", "m-3"], ["told"])


def test_messages_after_the_gathering_are_written_at_once(database: Database) -> None:
    with database.transaction() as session:
        with gathering(session):
            record_outgoing(session, message("m-1"))
        record_outgoing(session, message("m-2"))
    assert waiting(database) == ["m-1", "m-2"]


def record_and_fail(session: Session) -> None:
    with gathering(session):
        record_outgoing(session, message("m-1"))
        raise ValueError("no")


def test_gathering_that_fails_writes_nothing(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(ValueError, match="no"):
            record_and_fail(session)
        record_outgoing(session, message("m-2"))
    assert waiting(database) == ["m-2"]
