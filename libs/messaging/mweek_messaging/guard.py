"""Notices that a stream went back: lost with its disk, restored from an old copy, or cut after a damaged block.

JetStream does not tell: a durable consumer may then stand ahead of its stream, and what is published next is skipped
in silence. A service that sees it must stop consuming, and publishing, until an operator has decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from mweek_contracts.catalogue import CATALOGUE, EVERY_SERVICE
from mweek_contracts.streams import STREAMS, ConsumerSpec, StreamSpec, consumers_of
from mweek_outbox import Database
from mweek_outbox.streams import StreamSeen, read_seen, remember_seen
from nats.aio.client import Client
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError

from mweek_messaging.regression import Loss, Mark, Regression, consumer_ahead, regression_of
from mweek_messaging.stream_state import StreamState, last_sequence_of, read_state, read_stored
from mweek_messaging.workers import Workers


class Verdict(Enum):
    """What the guard says of a stream."""

    AS_EXPECTED = auto()
    ABSENT = auto()
    """Never seen, not there: not provisioned yet."""
    WENT_BACK = auto()
    ACCEPTED = auto()
    """An operator has accepted it as it is since this guard began to look: what was read of it counts no more."""
    UNKNOWN = auto()
    """The server did not answer."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A stream with the guard's verdict, and the sentence for whoever has to do something."""

    stream: str
    verdict: Verdict
    sentence: str
    regression: Regression | None = None


def watched_streams(service: str) -> tuple[StreamSpec, ...]:
    """Return the streams that a service must not see go back: those that it reads, and those that it publishes to."""
    read = {spec.stream for spec in consumers_of(service)}
    said = {entry.stream.name for entry in CATALOGUE if entry.owner in (service, EVERY_SERVICE)}
    return tuple(spec for spec in STREAMS if spec.name in read | said)


class StreamGuard:
    """Compares the streams and consumers of one service with what they were."""

    def __init__(self, *, connection: Client, database: Database, workers: Workers, service: str) -> None:
        """Watch the streams that the contracts give the service to read, and those that it publishes to."""
        self._connection = connection
        self._jetstream = connection.jetstream()
        self._database = database
        self._workers = workers
        self._service = service
        self._specs = consumers_of(service)
        self._acceptances: dict[str, int] = {}

    async def look(self, *, remember: bool = True) -> tuple[Watched, ...]:
        """Return the verdict on every stream, and remember those that are as expected.

        Args:
            remember: False only looks.

        Raises:
            nats.errors.Error, TimeoutError: the server did not answer; nothing is known.
        """
        return tuple([await self._look_at(spec, remember=remember) for spec in watched_streams(self._service)])

    async def _look_at(self, spec: StreamSpec, *, remember: bool) -> Watched:
        # In this order: what was seen before is never newer than the consumers, nor those than the stream.
        seen = await self._workers.run(self._seen, spec.name)
        consumers = await self._consumers(one for one in self._specs if one.stream == spec.name)
        present = await read_state(self._connection, spec.name)
        if present is None:
            return self._missing(spec, "it", seen)
        for durable, consumer in consumers.items():
            if consumer is None:
                return self._missing(spec, f"the consumer {durable}", seen)
        went_back = consumer_ahead(present, [consumer for consumer in consumers.values() if consumer])
        if seen is not None:
            went_back = regression_of(spec, seen, present, await self._mark(spec, seen, present)) or went_back
        if went_back is not None:
            return Watched(spec.name, Verdict.WENT_BACK, _advice(spec.name, went_back.sentence), went_back)
        if remember:
            await self._remember(spec, present, seen)
        return Watched(spec.name, self._good_verdict(spec, seen), _description(present))

    def _missing(self, spec: StreamSpec, what: str, seen: StreamSeen | None) -> Watched:
        if seen is None:
            sentence = f"the stream {spec.name} is not ready: {what} is not there yet; run `mweek streams apply`"
            return Watched(spec.name, Verdict.ABSENT, sentence)
        gone = Regression(Loss.GONE, f"is not whole: {what} is gone")
        return Watched(spec.name, Verdict.WENT_BACK, _advice(spec.name, gone.sentence), gone)

    def _good_verdict(self, spec: StreamSpec, seen: StreamSeen | None) -> Verdict:
        now = seen.acceptances if seen else 0
        return Verdict.AS_EXPECTED if self._acceptances.setdefault(spec.name, now) == now else Verdict.ACCEPTED

    async def _consumers(self, specs: Iterable[ConsumerSpec]) -> dict[str, ConsumerInfo | None]:
        found: dict[str, ConsumerInfo | None] = {}
        for spec in specs:
            try:
                found[spec.durable] = await self._jetstream.consumer_info(spec.stream, spec.durable)
            except NotFoundError:
                found[spec.durable] = None
        return found

    async def _mark(self, spec: StreamSpec, seen: StreamSeen, present: StreamState) -> Mark | None:
        """Return what lies where the last message was seen; only streams that the service reads are asked for it."""
        if not self._reads(spec) or seen.last_message is None or seen.created_at != present.created_at:
            return None
        stored = await read_stored(self._connection, spec.name, seen.last_sequence)
        if stored is not None or spec.max_messages_per_subject is None:
            return Mark(stored)
        return Mark(None, await last_sequence_of(self._connection, spec.name, seen.last_message.subject))

    async def _remember(self, spec: StreamSpec, present: StreamState, seen: StreamSeen | None) -> None:
        last = None
        if self._reads(spec):
            same_end = seen and seen.last_message and seen.last_sequence == present.last_sequence
            last = (
                seen.last_message
                if seen and same_end
                else await read_stored(self._connection, spec.name, present.last_sequence)
            )
        now = present.seen(last, acceptances=seen.acceptances if seen else 0)
        await self._workers.run(self._store, spec.name, now)

    def _reads(self, spec: StreamSpec) -> bool:
        return any(one.stream == spec.name for one in self._specs)

    def _seen(self, stream: str) -> StreamSeen | None:
        with self._database.read() as session:
            return read_seen(session, stream)

    def _store(self, stream: str, seen: StreamSeen) -> None:
        with self._database.transaction() as session:
            remember_seen(session, stream, seen)


def _description(present: StreamState) -> str:
    return f"created {present.created_at:%Y-%m-%d %H:%MZ}, at {present.last_sequence}"


def _advice(stream: str, sentence: str) -> str:
    return (
        f"the stream {stream} {sentence}: messages were lost or would be skipped. Nothing is consumed or published "
        "until it is brought back from the services' databases: run `mweek streams rebuild`. This service then goes "
        "on by itself (docs/operations.md)"
    )
