"""How long a message has been waiting for what its handler needs, over restarts and outages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from mweek_messaging.processing import LONGEST_PAUSE, Processor
from mweek_outbox import Database, migrate, open_database

from tests.support.ids import at

SECOND = timedelta(seconds=1)


class HandSetClock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.instant = at("2026-11-23T08:00Z")

    def now(self) -> datetime:
        return self.instant

    def real_now(self) -> datetime:
        return self.instant

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "tests.conformance.example_service")
    opened = open_database(database_url)
    yield opened
    opened.close()


def test_message_waits_since_it_was_first_postponed(database: Database) -> None:
    clock = HandSetClock()
    processor, began = Processor(routes=[], database=database, clock=clock), clock.instant
    for _ in range(20):
        assert processor.note_postponed("m-1", 1) == began
        clock.instant += 59 * SECOND


def test_time_in_which_something_was_away_is_no_waiting(database: Database) -> None:
    clock = HandSetClock()
    processor = Processor(routes=[], database=database, clock=clock)
    processor.note_postponed("m-1", 1)
    clock.instant += LONGEST_PAUSE + SECOND
    assert processor.note_postponed("m-1", 1) == clock.instant


def test_time_before_the_process_is_no_waiting(database: Database) -> None:
    clock = HandSetClock()
    Processor(routes=[], database=database, clock=clock).note_postponed("m-1", 1)
    clock.instant += 30 * SECOND
    assert Processor(routes=[], database=database, clock=clock).note_postponed("m-1", 1) == clock.instant
