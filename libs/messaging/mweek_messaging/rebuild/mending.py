"""Publishes again what a stream lacks of what the outboxes have sent to it: at its end, or all of it anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from mweek_contracts.streams import StreamSpec
from mweek_outbox import OutgoingMessage
from mweek_outbox.sent import SentMessage
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from mweek_messaging.atomic_batch import publish_together
from mweek_messaging.provisioning import apply_streams
from mweek_messaging.rebuild.order import Kept, Lying, in_order, must_be_written_anew
from mweek_messaging.rebuild.outboxes import Outboxes, parts_of
from mweek_messaging.rebuild.present import read_present
from mweek_messaging.rebuild.safety_copy import SafetyCopy
from mweek_messaging.regression import AGE_MARGIN
from mweek_messaging.stream_state import read_state


class NotMendedError(RuntimeError):
    """Messages were published again and are still not there."""

    def __init__(self, stream: str, count: int) -> None:
        """Say which stream, and what to do."""
        super().__init__(
            f"{stream} still lacks {count} messages after they were published and acknowledged: does somebody else "
            f"change the stream? Run this again; if it stays so, the server does not keep what it acknowledges"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What a stream lacks."""

    sent: Mapping[str, Sequence[SentMessage]]
    """What the outboxes have sent to it, by service."""
    copied: Mapping[str, Sequence[Kept]]
    """What an earlier rebuild, which did not come to its end, has put aside."""
    missing: frozenset[str]
    """The ids of the messages that it lacks."""
    anew: bool
    """Whether they do not fit behind what is there."""

    @property
    def lacking(self) -> dict[str, int]:
        """How many messages it lacks of each service, for those of which it lacks any."""
        counted = {name: sum(one.message_id in self.missing for one in queue) for name, queue in self.sent.items()}
        return {name: count for name, count in counted.items() if count}


def damage_of(
    present: Sequence[Lying], sent: Mapping[str, Sequence[SentMessage]], copied: Mapping[str, Sequence[Kept]]
) -> Damage:
    """Compare what a stream has with what it should have."""
    queues = {name: [one.message_id for one in queue] for name, queue in sent.items()}
    queues |= {name: [one.message_id for one in queue] for name, queue in copied.items()}
    missing = frozenset().union(*queues.values()) - {lying.message_id for lying in present}
    return Damage(sent=sent, copied=copied, missing=missing, anew=must_be_written_anew(queues, present, missing))


@dataclass(frozen=True, slots=True)
class Mended:
    """What was published."""

    published: int
    anew: bool


class StreamMender:
    """Mends one stream whose messages stand in outboxes."""

    def __init__(self, connection: Client, spec: StreamSpec, outboxes: Outboxes, *, run_id: str, replicas: int) -> None:
        """Change nothing yet. What is published gets a `Nats-Msg-Id` with `run_id`: the server may know the old one."""
        self._connection = connection
        self._spec = spec
        self._outboxes = outboxes
        self._run_id = run_id
        self._replicas = replicas
        self._copy = SafetyCopy(connection, spec.name)

    @property
    def stream(self) -> str:
        """The name of the stream."""
        return self._spec.name

    async def look(self) -> Damage:
        """Compare by message id what was sent within the stream's age with what is there.

        Outboxes first: what they call sent by then was acknowledged, and must be in the stream read after it.
        """
        since = await self._since()
        sent = {
            service: await self._outboxes.sent(service, self._spec.name, since) for service in self._outboxes.services
        }
        await self._copy.load()
        present = await read_present(self._connection, self._spec.name)
        return damage_of(present, sent, self._copy.queues())

    async def mend(self, damage: Damage) -> Mended:
        """Publish what is missing, and see that it is there; repeating this publishes nothing.

        Raises:
            nats.errors.Error, TimeoutError, OSError: the server did not acknowledge; run it again.
            NotMendedError: it acknowledged, and the messages are not there.
        """
        anew = damage.anew
        queues = await self._queues(damage, everything=anew)
        if anew:
            await self._empty(damage)
            queues |= self._copy.queues()
        published = await self._publish(in_order(queues))
        if left := (await self.look()).missing:
            raise NotMendedError(self._spec.name, len(left))
        await self._copy.remove()
        return Mended(published, anew)

    async def _since(self) -> datetime | None:
        state = await read_state(self._connection, self._spec.name)
        if self._spec.max_age is None or state is None:
            return None
        return state.asked_at - self._spec.max_age + AGE_MARGIN

    async def _queues(self, damage: Damage, *, everything: bool) -> dict[str, Sequence[Kept]]:
        missing = damage.missing
        queues: dict[str, Sequence[Kept]] = {
            name: [one for one in queue if everything or one.message_id in missing]
            for name, queue in damage.copied.items()
        }
        for service, sent in damage.sent.items():
            chosen = [one for one in sent if everything or one.message_id in missing]
            queues[service] = await self._outboxes.kept(service, chosen)
        return queues

    async def _empty(self, damage: Damage) -> None:
        """Make the stream anew, empty, once everything that it alone had is copied."""
        known = {one.message_id for sent in damage.sent.values() for one in sent}
        await self._copy.keep(known, self._run_id)
        await make_anew(self._connection, self._spec, replicas=self._replicas)

    async def _publish(self, order: Sequence[Kept]) -> int:
        for part in parts_of(order):
            await publish_together(self._connection, [self._again(one) for one in await self._whole(part)])
        return len(order)

    async def _whole(self, part: Sequence[Kept]) -> list[OutgoingMessage]:
        found: dict[str, OutgoingMessage] = {}
        for queue in Counter(one.queue for one in part):
            places = {one.place: one.message_id for one in part if one.queue == queue}
            if queue in self._outboxes.services:
                messages = await self._outboxes.messages(queue, list(places))
                found |= {message.message_id: message for message in messages.values()}
            else:
                found |= {message_id: self._copy.message(message_id) for message_id in places.values()}
        return [found[one.message_id] for one in part]

    def _again(self, message: OutgoingMessage) -> OutgoingMessage:
        return replace(message, message_id=f"{message.message_id}/rebuilt/{self._run_id}")


async def make_anew(connection: Client, spec: StreamSpec, *, replicas: int) -> None:
    """Replace a stream by an empty one of the same settings, with its consumers."""
    with suppress(NotFoundError):
        await connection.jetstream().delete_stream(spec.name)
    await apply_streams(connection, replicas=replicas)
