"""Hands messages to a service's own handlers in this process, as its run would: translated, decided, recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, get_args

from mweek_contracts.message import Message
from mweek_contracts.records import Record
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed
from mweek_messaging.parts import ServiceParts
from mweek_messaging.processing import Outcome, Processor
from mweek_outbox import StreamPosition, migrate, open_database
from mweek_outbox.streams import advance_position
from mweek_service.bootstrap import runtime_of

RECORDS = get_args(Record)


class Hearer:
    """One service over an empty database; nothing of it is connected."""

    def __init__(self, parts: ServiceParts, *, records: RecordsPosition) -> None:
        """Take the parts of a service; `records` is where it has read RECORDS up to."""
        self._parts = parts
        self._records = records
        self._processor = Processor(routes=parts.routes, database=parts.database, clock=parts.clock)
        if parts.records_lag is not None:
            parts.records_lag.bind(lambda: 0)

    def hears(self, message: Message, body: bytes) -> str:
        """Let the service deal with a message, and return what came of it."""
        if isinstance(message, RECORDS):
            return self._applies(message)
        try:
            return self._processor.process(message, body, again=False)
        except Postponed as postponed:
            return f"{Outcome.POSTPONED}: {postponed.waiting_for}"

    def _applies(self, record: Any) -> str:
        apply = self._parts.records_apply
        if apply is None:
            return Outcome.IGNORED
        with self._parts.database.transaction() as session:
            apply(session, (record,), self._records)
            position = StreamPosition(self._records.stream_created_at, self._records.sequence)
            advance_position(session, "RECORDS", position)
        return Outcome.DONE


@contextmanager
def hearer(service: str, database_url: str, *, records: RecordsPosition) -> Iterator[Hearer]:
    """Give a service that hears nothing but what it is handed, on an empty database."""
    migrate(database_url, f"mweek_{service}")
    frame = import_module(f"mweek_{service}.bootstrap").FRAME
    settings = frame.settings.model_validate({"database_url": database_url, "MWEEK_CLOCK": "2026-11-23T08:00Z"})
    database = open_database(database_url)
    try:
        yield Hearer(frame.build(settings, runtime_of(frame, settings, database)), records=records)
    finally:
        database.close()
