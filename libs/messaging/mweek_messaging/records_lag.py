"""How far this service is behind the stream RECORDS, for handlers that must not decide on half of it."""

from __future__ import annotations

from collections.abc import Callable

import nats.errors
from mweek_contracts.streams import RECORDS
from mweek_contracts.windows import RecordsPosition
from mweek_outbox import read_position
from sqlmodel import Session

from mweek_messaging.policy import Postponed


class RecordsLag:
    """A callable for handlers: how many records are not applied yet. Made in bootstrap, bound by `run_service`."""

    def __init__(self) -> None:
        """Begin unbound."""
        self._measure: Callable[[], int] | None = None

    def bind(self, measure: Callable[[], int]) -> None:
        """Take the way to measure; `run_service` calls this before the first handler runs."""
        self._measure = measure

    def __call__(self) -> int:
        """Return how many records of the stream are not applied and committed yet; 0 means all are.

        Call it in a worker thread (a handler, a ticker): it asks the server and waits for the answer.

        Raises:
            Postponed: the server did not answer within 5 seconds, which is not the message's fault.
        """
        if self._measure is None:
            raise RuntimeError("the records lag is known only while run_service runs; hand the object to ServiceParts")
        try:
            return self._measure()
        except (TimeoutError, nats.errors.Error) as error:
            raise Postponed("the server to say how many records are waiting") from error


def records_position(session: Session) -> RecordsPosition | None:
    """Return how far this service has applied RECORDS; None when it never applied anything.

    Everything up to the position is applied and committed. With a lag of 0 it is also the end of the stream.
    """
    position = read_position(session, RECORDS.name)
    if position is None:
        return None
    return RecordsPosition(stream_created_at=position.created_at, sequence=position.sequence)
