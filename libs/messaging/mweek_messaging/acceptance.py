"""Accepts a stream as it is now: an operator's decision after the guard has stopped a service."""

from __future__ import annotations

from mweek_contracts.streams import STREAMS, StreamSpec, consumers_of
from mweek_outbox import Database
from mweek_outbox.streams import accept_seen
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from mweek_messaging.guard import watched_streams
from mweek_messaging.provisioning import ProvisioningError
from mweek_messaging.stream_state import read_state, read_stored


async def accept_stream(connection: Client, database: Database, *, service: str, stream: str) -> list[str]:
    """Take a stream as it is now, and let the service read it from its beginning.

    What it has processed before is in its inbox (or has its revision) and takes no second effect. A service that runs
    notices, and begins anew by itself.

    Returns:
        One sentence per step.

    Raises:
        LookupError: the service neither reads nor writes that stream.
        ProvisioningError: the stream or the consumer is not there; says to run `mweek streams apply` first.
    """
    spec = _watched(service, stream)
    state = await read_state(connection, stream)
    if state is None:
        raise ProvisioningError(f"{stream} is not there: run `mweek streams apply` first")
    steps = []
    for consumer in consumers_of(service):
        if consumer.stream == stream:
            await _begin_again(connection, stream, consumer.durable)
            steps.append(
                f"{service} will read {stream} from the beginning; what it has done already it does not repeat"
            )
    reads = any(consumer.stream == stream for consumer in consumers_of(service))
    last = await read_stored(connection, stream, state.last_sequence) if reads else None
    with database.transaction() as session:
        accept_seen(session, spec.name, state.seen(last))
    return [*steps, f"{service} takes {stream} as it is now: created {state.created_at:%Y-%m-%d %H:%M:%SZ}"]


def _watched(service: str, stream: str) -> StreamSpec:
    watched = watched_streams(service) if consumers_of(service) else ()
    for spec in watched:
        if spec.name == stream:
            return spec
    if not watched:
        raise LookupError(f"there is no service {service}")
    known = ", ".join(spec.name for spec in STREAMS if spec in watched)
    raise LookupError(f"{service} has nothing to do with a stream {stream}; it has with: {known}")


async def _begin_again(connection: Client, stream: str, durable: str) -> None:
    try:
        await connection.jetstream().reset_consumer(stream, durable, seq=1)
    except NotFoundError:
        raise ProvisioningError(f"{stream}/{durable} is not there: run `mweek streams apply` first") from None
