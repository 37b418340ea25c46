"""Notices that a stream went back: lost with its disk, restored from an old copy, or cut after a damaged block.

JetStream does not tell: a durable consumer may then stand ahead of its stream, and what is published next is skipped
in silence. A service that sees it must stop consuming until an operator has decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from mweek_contracts.streams import ConsumerSpec, consumers_of
from mweek_outbox import Database, StreamPosition
from mweek_outbox.streams import read_seen, remember_seen
from nats.aio.client import Client
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError

from mweek_messaging.workers import Workers


class Verdict(Enum):
    """What the guard says of a stream."""

    AS_EXPECTED = auto()
    ABSENT = auto()
    """Never seen, not there: not provisioned yet."""
    WENT_BACK = auto()
    UNKNOWN = auto()
    """The server did not answer."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A stream with the guard's verdict, and the sentence for whoever has to do something."""

    stream: str
    verdict: Verdict
    sentence: str


class StreamGuard:
    """Compares the streams and consumers of one service with what they were."""

    def __init__(self, *, connection: Client, database: Database, workers: Workers, service: str) -> None:
        """Watch the streams that the contracts give the service to consume."""
        self._jetstream = connection.jetstream()
        self._database = database
        self._workers = workers
        self._service = service
        self._specs = consumers_of(service)

    async def look(self) -> tuple[Watched, ...]:
        """Return the verdict on every stream, and remember those that are as expected.

        Raises:
            nats.errors.Error, TimeoutError: the server did not answer; nothing is known.
        """
        streams = dict.fromkeys(spec.stream for spec in self._specs)
        return tuple([await self._look_at(stream) for stream in streams])

    async def _look_at(self, stream: str) -> Watched:
        # In this order: what was seen before is never newer than the consumers, nor those than the stream.
        seen = await self._workers.run(self._seen, stream)
        consumers = await self._consumers(spec for spec in self._specs if spec.stream == stream)
        try:
            info = await self._jetstream.stream_info(stream)
        except NotFoundError:
            return _absent(self._service, stream, "it", seen=seen)
        assert info.created is not None  # every server tells
        present = StreamPosition(info.created, info.state.last_seq)
        for durable, consumer in consumers.items():
            if consumer is None:
                return _absent(self._service, stream, f"the consumer {durable}", seen=seen)
        sentence = regression(seen, present, [consumer for consumer in consumers.values() if consumer])
        if sentence:
            return Watched(stream, Verdict.WENT_BACK, _advice(self._service, stream, sentence))
        await self._workers.run(self._remember, stream, present)
        return Watched(stream, Verdict.AS_EXPECTED, f"created {info.created:%Y-%m-%d %H:%MZ}, at {present.sequence}")

    async def _consumers(self, specs: Iterable[ConsumerSpec]) -> dict[str, ConsumerInfo | None]:
        found: dict[str, ConsumerInfo | None] = {}
        for spec in specs:
            try:
                found[spec.durable] = await self._jetstream.consumer_info(spec.stream, spec.durable)
            except NotFoundError:
                found[spec.durable] = None
        return found

    def _seen(self, stream: str) -> StreamPosition | None:
        with self._database.read() as session:
            return read_seen(session, stream)

    def _remember(self, stream: str, present: StreamPosition) -> None:
        with self._database.transaction() as session:
            remember_seen(session, stream, present)


def regression(seen: StreamPosition | None, present: StreamPosition, consumers: Iterable[ConsumerInfo]) -> str | None:
    """Return what shows that the stream went back, as the rest of a sentence; None when nothing does."""
    if seen and seen.created_at != present.created_at:
        return f"was created {seen.created_at:%Y-%m-%d %H:%M:%SZ} and now {present.created_at:%Y-%m-%d %H:%M:%SZ}"
    if seen and present.sequence < seen.sequence:
        return f"had reached {seen.sequence} and now ends at {present.sequence}"
    for consumer in consumers:
        delivered = consumer.delivered.stream_seq if consumer.delivered else 0
        if delivered > present.sequence:
            return f"ends at {present.sequence} and its consumer {consumer.name} is ahead of it, at {delivered}"
    return None


def _absent(service: str, stream: str, what: str, *, seen: StreamPosition | None) -> Watched:
    if seen is None:
        return Watched(
            stream,
            Verdict.ABSENT,
            f"the stream {stream} is not ready: {what} is not there yet; run `mweek-streams apply`",
        )
    return Watched(stream, Verdict.WENT_BACK, _advice(service, stream, f"is not whole: {what} is gone"))


def _advice(service: str, stream: str, sentence: str) -> str:
    return (
        f"the stream {stream} {sentence}: messages were lost or would be skipped. Consuming has stopped. Restore the "
        f"stream, or stop this service and accept the present one with `mweek-streams accept --service {service} "
        f"--stream {stream} --database-url …` (docs/operations.md)"
    )
