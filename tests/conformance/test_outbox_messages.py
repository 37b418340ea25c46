"""Outgoing messages, on SQLite and PostgreSQL alike: recorded with the change, kept in order, removed when old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from mweek_outbox import Database, OutgoingMessage, migrate, open_database, record_many, record_outgoing
from mweek_outbox.waiting import count_waiting, forget_sent, mark_sent, read_waiting
from sqlalchemy.exc import IntegrityError

from tests.support.ids import at
from tests.support.rollback import abandon

NOW = at("2026-11-23T08:00Z")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "tests.conformance.example_service")
    opened = open_database(database_url)
    yield opened
    opened.close()


def message(number: int, stream: str = "EVENTS") -> OutgoingMessage:
    return OutgoingMessage(f"m-{number}", stream, f"evt.{number}", {"ce-id": f"m-{number}"}, b"\x00\xff{}")


def record(database: Database, *messages: OutgoingMessage) -> None:
    with database.transaction() as session:
        record_many(session, messages)


def waiting_ids(database: Database, limit: int = 100) -> list[str]:
    with database.read() as session:
        return [waiting.message.message_id for waiting in read_waiting(session, limit)]


def send(database: Database, count: int) -> None:
    with database.transaction() as session:
        mark_sent(session, read_waiting(session, count), NOW)


def test_message_comes_back_as_it_was_recorded(database: Database) -> None:
    with database.transaction() as session:
        record_outgoing(session, message(1))
    with database.read() as session:
        [waiting] = read_waiting(session, 10)
    assert waiting.message == message(1)


def test_messages_wait_in_the_order_in_which_they_were_recorded(database: Database) -> None:
    record(database, *(message(number) for number in range(30)))
    record(database, message(99), message(50))
    assert waiting_ids(database) == [f"m-{number}" for number in (*range(30), 99, 50)]
    assert waiting_ids(database, limit=2) == ["m-0", "m-1"]


def test_messages_of_a_transaction_that_rolls_back_do_not_exist(database: Database) -> None:
    abandon(database, lambda session: record_outgoing(session, message(1)))
    assert waiting_ids(database) == []


def test_sent_messages_wait_no_more(database: Database) -> None:
    record(database, message(1), message(2), message(3))
    send(database, 2)
    assert waiting_ids(database) == ["m-3"]
    with database.read() as session:
        assert count_waiting(session) == 1


def test_same_message_id_twice_is_refused(database: Database) -> None:
    record(database, message(1))
    with pytest.raises(IntegrityError):
        record(database, message(1))


def test_commit_with_messages_tells_the_listeners_once(database: Database) -> None:
    told: list[str] = []
    no_more = database.on_outgoing(lambda: told.append("told"))
    record(database, message(1), message(2))
    assert told == ["told"]
    no_more()
    record(database, message(3))
    assert told == ["told"]


def test_commit_without_messages_and_rollback_tell_nobody(database: Database) -> None:
    told: list[str] = []
    database.on_outgoing(lambda: told.append("told"))
    with database.transaction() as session:
        session.connection().execute(sa.text("SELECT 1"))
        record_many(session, ())
    abandon(database, lambda session: record_outgoing(session, message(1)))
    assert told == []


def test_sent_messages_are_kept_until_they_are_old_and_waiting_ones_for_ever(database: Database) -> None:
    record(database, message(1), message(2, "RECORDS"), message(3))
    send(database, 2)
    with database.transaction() as session:
        assert forget_sent(session, stream="EVENTS", before=NOW) == 0
        assert forget_sent(session, stream="EVENTS", before=NOW + timedelta(seconds=1)) == 1
        assert forget_sent(session, stream="RECORDS", before=NOW - timedelta(days=7)) == 0
    assert waiting_ids(database) == ["m-3"]


def test_places_are_not_given_again_after_the_last_row_was_removed(database: Database) -> None:
    record(database, message(1))
    with database.read() as session:
        [first] = read_waiting(session, 1)
    send(database, 1)
    with database.transaction() as session:
        forget_sent(session, stream="EVENTS", before=NOW + timedelta(days=1))
    record(database, message(2))
    with database.read() as session:
        [second] = read_waiting(session, 1)
    assert second.place > first.place
