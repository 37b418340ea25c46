"""Makes the streams and durable consumers of a server match the contracts. The only code that creates any."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mweek_contracts.streams import CONSUMERS, STREAMS, ConsumerSpec, Retention, StreamSpec
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

_RETENTIONS: Final = {Retention.LIMITS: RetentionPolicy.LIMITS, Retention.WORK_QUEUE: RetentionPolicy.WORK_QUEUE}


class ProvisioningError(RuntimeError):
    """The server does not take the streams of the contracts."""


@dataclass(frozen=True, slots=True)
class _Difference:
    sentence: str
    remove: Callable[[], Awaitable[object]]


async def apply_streams(connection: Client, *, replicas: int = 1) -> list[str]:
    """Create what is missing and update what differs; returns one sentence per change, none when all was right.

    Streams and consumers that the contracts do not know are left alone; nothing is ever deleted.

    Args:
        replicas: copies of each stream; 1 for a single server, 3 for a cluster.

    Raises:
        ProvisioningError: the server refuses a change, e.g. of a retention; says which and why.
    """
    changes = []
    async for difference in _differences(connection.jetstream(), replicas):
        try:
            await difference.remove()
        except APIError as error:
            raise ProvisioningError(f"the server refuses: {difference.sentence}: {error.description}") from error
        changes.append(difference.sentence)
    return changes


async def drift_of_streams(connection: Client, *, replicas: int = 1) -> list[str]:
    """Return what `apply_streams` would change, one sentence each, and change nothing."""
    return [difference.sentence async for difference in _differences(connection.jetstream(), replicas)]


async def _differences(jetstream: JetStreamContext, replicas: int) -> AsyncIterator[_Difference]:
    try:
        for stream in STREAMS:
            async for difference in _differences_of_stream(jetstream, stream, replicas):
                yield difference
        for consumer in CONSUMERS:
            async for difference in _differences_of_consumer(jetstream, consumer):
                yield difference
    except ServiceUnavailableError as error:
        raise ProvisioningError(
            "the server has no JetStream for this user: enable it (`jetstream { store_dir: … }`)"
        ) from error


async def _differences_of_stream(
    jetstream: JetStreamContext, spec: StreamSpec, replicas: int
) -> AsyncIterator[_Difference]:
    wanted = stream_settings(spec, replicas)
    try:
        present = (await jetstream.stream_info(spec.name)).config
    except NotFoundError:
        config = StreamConfig(name=spec.name, **wanted)
        yield _Difference(f"stream {spec.name}: create", lambda: jetstream.add_stream(config))
        return
    if changed := _changed(wanted, present):
        update = present.evolve(**wanted)
        yield _Difference(f"stream {spec.name}: {changed}", lambda: jetstream.update_stream(update))


async def _differences_of_consumer(jetstream: JetStreamContext, spec: ConsumerSpec) -> AsyncIterator[_Difference]:
    wanted = consumer_settings(spec)
    name = f"consumer {spec.stream}/{spec.durable}"
    try:
        present = (await jetstream.consumer_info(spec.stream, spec.durable)).config
    except NotFoundError:
        config = ConsumerConfig(name=spec.durable, durable_name=spec.durable, **wanted)
        yield _Difference(f"{name}: create", lambda: jetstream.add_consumer(spec.stream, config))
        return
    if present.filter_subject:  # the other way to say the same of one subject
        present = present.evolve(filter_subjects=[present.filter_subject], filter_subject=None)
    if changed := _changed(wanted, present):
        update = present.evolve(name=spec.durable, **wanted)
        yield _Difference(f"{name}: {changed}", lambda: jetstream.add_consumer(spec.stream, update))


def stream_settings(spec: StreamSpec, replicas: int) -> dict[str, Any]:
    """Return the settings of a stream that we decide; all others stay as the server or an operator has them."""
    return {
        "description": spec.description,
        "subjects": list(spec.subjects),
        "retention": _RETENTIONS[spec.retention],
        "storage": StorageType.FILE,
        "num_replicas": replicas,
        "max_age": spec.max_age.total_seconds() if spec.max_age else 0,
        "max_msgs_per_subject": spec.max_messages_per_subject or -1,
        "duplicate_window": spec.duplicate_window.total_seconds(),
        "deny_delete": spec.append_only,
        "deny_purge": spec.append_only,
        "allow_direct": True,
        "allow_atomic": True,
    }


def consumer_settings(spec: ConsumerSpec) -> dict[str, Any]:
    """Return the settings of a durable consumer; how often to deliver is the delivery policy's to bound."""
    return {
        "description": f"What {spec.service} reads of {spec.stream}",
        "filter_subjects": list(spec.filter_subjects),
        "ack_policy": AckPolicy.EXPLICIT,
        "ack_wait": spec.ack_wait.total_seconds(),
        "max_ack_pending": spec.max_ack_pending,
        "max_deliver": -1,
    }


def _changed(wanted: Mapping[str, Any], present: StreamConfig | ConsumerConfig) -> str:
    """Return the settings that differ as `name: present -> wanted`, or an empty text."""
    return ", ".join(
        f"{name}: {_plain(getattr(present, name))} -> {_plain(value)}"
        for name, value in wanted.items()
        if _plain(getattr(present, name)) != _plain(value)
    )


def _plain(value: object) -> object:
    """Return a setting as it compares: the server says None for a flag that is off, and enums as their text."""
    if value is None:
        return False
    return getattr(value, "value", value)
