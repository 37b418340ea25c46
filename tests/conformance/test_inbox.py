"""What was processed and tried, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from mweek_outbox import (
    ConflictingMessageError,
    Database,
    Inbox,
    StreamPosition,
    UtcDateTime,
    migrate,
    open_database,
    read_position,
)
from mweek_outbox.attempts import begin_again, forget_attempts, note_failure, note_postponed
from mweek_outbox.streams import (
    StoredMessage,
    StreamSeen,
    accept_seen,
    advance_position,
    read_seen,
    remember_seen,
)
from sqlalchemy.exc import StatementError
from sqlmodel import Session

from tests.support.ids import at
from tests.support.rollback import abandon

NOW = at("2026-11-23T08:00Z")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "tests.conformance.example_service")
    opened = open_database(database_url)
    yield opened
    opened.close()


def first_time(database: Database, message_id: str, body: bytes, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return Inbox(now=lambda: now).first_time(session, message_id=message_id, body=body)


def test_message_is_new_once(database: Database) -> None:
    assert [first_time(database, "m-1", b"a") for _ in range(3)] == [True, False, False]
    assert first_time(database, "m-2", b"a")


def test_message_whose_transaction_rolled_back_is_new_again(database: Database) -> None:
    abandon(database, lambda session: Inbox(now=lambda: NOW).first_time(session, message_id="m-1", body=b"a"))
    assert first_time(database, "m-1", b"a")


def test_same_id_with_another_body_is_a_conflict_and_changes_nothing(database: Database) -> None:
    first_time(database, "m-1", b"a")
    with pytest.raises(ConflictingMessageError, match="m-1 was already processed with another body"):
        first_time(database, "m-1", b"b")
    assert not first_time(database, "m-1", b"a")


def test_second_of_two_that_process_the_same_message_at_once_waits_and_knows_it(database: Database) -> None:
    outcomes: list[bool] = []
    second = threading.Thread(target=lambda: outcomes.append(first_time(database, "m-1", b"a")))
    with database.transaction() as session:
        outcomes.append(Inbox(now=lambda: NOW).first_time(session, message_id="m-1", body=b"a"))
        second.start()
        second.join(0.3)  # it is at its insert by then, and waits for this transaction
        assert second.is_alive()
    second.join()
    assert outcomes == [True, False]


def test_second_of_two_at_once_is_new_when_the_first_rolls_back(database: Database) -> None:
    outcomes: list[bool] = []
    second = threading.Thread(target=lambda: outcomes.append(first_time(database, "m-1", b"a")))

    def process_and_fail(session: Session) -> None:
        assert Inbox(now=lambda: NOW).first_time(session, message_id="m-1", body=b"a")
        second.start()
        second.join(0.3)

    abandon(database, process_and_fail)
    second.join()
    assert outcomes == [True]


def test_old_ids_are_forgotten(database: Database) -> None:
    first_time(database, "old", b"a", NOW - timedelta(days=200))
    first_time(database, "new", b"a", NOW)
    with database.transaction() as session:
        assert Inbox(now=lambda: NOW).forget_before(session, NOW - timedelta(days=180)) == 1
    assert [first_time(database, name, b"a") for name in ("old", "new")] == [True, False]


def attempts(database: Database, message_id: str = "m-1") -> int:
    """Count one more attempt and return which it is."""
    with database.transaction() as session:
        return begin_again(session, message_id)


def test_attempt_after_one_of_which_nothing_is_known_is_the_second(database: Database) -> None:
    assert [attempts(database) for _ in range(3)] == [2, 3, 4]


def test_failure_of_the_first_attempt_makes_the_next_the_second(database: Database) -> None:
    with database.transaction() as session:
        note_failure(session, "m-1", 1)
    assert attempts(database) == 2


def test_postponing_takes_the_attempt_back_and_remembers_since_when(database: Database) -> None:
    with database.transaction() as session:
        assert note_postponed(session, "m-1", attempt=1, now=NOW) == NOW
    assert attempts(database) == 1
    with database.transaction() as session:
        assert note_postponed(session, "m-1", attempt=1, now=NOW + timedelta(minutes=3)) == NOW
    assert attempts(database) == 1


def test_forgotten_message_has_all_its_attempts_again(database: Database) -> None:
    attempts(database)
    attempts(database)
    with database.transaction() as session:
        forget_attempts(session, "m-1")
        forget_attempts(session, "never-seen")
    assert attempts(database) == 2


def test_position_advances_and_never_goes_back_within_one_stream(database: Database) -> None:
    with database.transaction() as session:
        assert read_position(session, "RECORDS") is None
        for sequence, stands in ((5, 5), (9, 9), (7, 9)):
            stored = advance_position(session, "RECORDS", StreamPosition(NOW, sequence))
            assert stored == StreamPosition(NOW, stands)
    with database.read() as session:
        assert read_position(session, "RECORDS") == StreamPosition(NOW, 9)


def test_position_in_a_stream_made_anew_begins_again(database: Database) -> None:
    later = NOW + timedelta(days=1)
    with database.transaction() as session:
        advance_position(session, "RECORDS", StreamPosition(NOW, 900))
        assert advance_position(session, "RECORDS", StreamPosition(later, 3)) == StreamPosition(later, 3)


def seen_at(sequence: int, **more: Any) -> StreamSeen:
    return StreamSeen(created_at=NOW, last_sequence=sequence, **more)


def test_what_a_stream_was_is_remembered_whole(database: Database) -> None:
    last = StoredMessage(subject="evt.rzob.2026-W49.week-scheduled.v1", stored_at=NOW)
    whole = seen_at(8, last_message=last, first_sequence=3, first_stored_at=NOW, messages=6, holes=0)
    with database.transaction() as session:
        assert read_seen(session, "EVENTS") is None
        remember_seen(session, "EVENTS", seen_at(4))
        remember_seen(session, "EVENTS", whole)
    with database.read() as session:
        assert read_seen(session, "EVENTS") == whole


def test_accepted_stream_is_remembered_as_it_is_and_was_applied_to_nowhere(database: Database) -> None:
    with database.transaction() as session:
        remember_seen(session, "EVENTS", seen_at(800))
        advance_position(session, "EVENTS", StreamPosition(NOW, 800))
        accept_seen(session, "EVENTS", seen_at(5))
        accept_seen(session, "EVENTS", seen_at(6))
    with database.read() as session:
        assert read_seen(session, "EVENTS") == seen_at(6, acceptances=2)
        assert read_position(session, "EVENTS") is None


def test_look_that_began_before_an_acceptance_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        accept_seen(session, "EVENTS", seen_at(5))
        remember_seen(session, "EVENTS", seen_at(900, acceptances=0))
        assert read_seen(session, "EVENTS") == seen_at(5, acceptances=1)


def test_look_of_an_instance_that_is_behind_another_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        remember_seen(session, "EVENTS", seen_at(9))
        remember_seen(session, "EVENTS", seen_at(7))
        assert read_seen(session, "EVENTS") == seen_at(9)


def test_first_looks_of_two_instances_at_once_both_count(database: Database) -> None:
    """The second waits for the first, and stores what is further on."""

    def look() -> None:
        with database.transaction() as session:
            remember_seen(session, "EVENTS", seen_at(9))
            advance_position(session, "EVENTS", StreamPosition(NOW, 9))

    other = threading.Thread(target=look)
    with database.transaction() as session:
        remember_seen(session, "EVENTS", seen_at(8))
        advance_position(session, "EVENTS", StreamPosition(NOW, 8))
        other.start()
        other.join(0.3)  # it is at its insert by then
        assert other.is_alive()
    other.join()
    with database.read() as session:
        assert read_seen(session, "EVENTS") == seen_at(9)
        assert read_position(session, "EVENTS") == StreamPosition(NOW, 9)


MOMENTS = sa.Table("moment", sa.MetaData(), sa.Column("at", UtcDateTime()))


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11, minutes=-30))])
def test_datetime_comes_back_as_the_same_instant_in_utc(database: Database, zone: timezone) -> None:
    instant = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=zone)
    with database.transaction() as session:
        MOMENTS.create(session.connection())
        session.connection().execute(sa.insert(MOMENTS).values(at=instant))
        [found] = session.connection().execute(sa.select(MOMENTS.c.at)).scalars()
    assert (found, found.tzinfo) == (instant, UTC)


def test_datetimes_of_several_zones_compare_as_instants(database: Database) -> None:
    earlier = datetime(2026, 3, 29, 9, tzinfo=timezone(timedelta(hours=5)))  # 04:00 UTC
    later = datetime(2026, 3, 29, 6, tzinfo=UTC)
    with database.transaction() as session:
        MOMENTS.create(session.connection())
        session.connection().execute(sa.insert(MOMENTS), [{"at": later}, {"at": earlier}])
        ordered = session.connection().execute(sa.select(MOMENTS.c.at).order_by(MOMENTS.c.at)).scalars()
        assert list(ordered) == [earlier, later]


def test_naive_datetime_is_refused(database: Database) -> None:
    with database.transaction() as session:
        MOMENTS.create(session.connection())
    with pytest.raises(StatementError, match="has no time zone"), database.transaction() as session:
        session.connection().execute(sa.insert(MOMENTS).values(at=datetime(2026, 3, 29)))  # noqa: DTZ001
