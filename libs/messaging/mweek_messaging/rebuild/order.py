"""In which order lost messages are published again. Pure.

Each service's own order stands, since later messages build on earlier ones; across services a cause comes before its
effects, and what is left is settled by when it was said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A message that somebody has kept: in which queue, where in it, and what it says of itself."""

    queue: str
    place: int
    message_id: str
    cause: str | None
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Lying:
    """A message as it lies in a stream."""

    message_id: str
    cause: str | None


def must_be_written_anew(
    queues: Mapping[str, Sequence[str]], present: Sequence[Lying], missing: Container[str]
) -> bool:
    """Return whether missing messages cannot simply follow what is there.

    That is so where one of them belongs before a message of the same queue that is there, or caused one that is.

    Args:
        queues: the message ids of each queue, in its order.
    """
    if any(lying.cause in missing for lying in present if lying.cause is not None):
        return True
    ids = {lying.message_id for lying in present}
    return any(_has_a_gap(queue, ids, missing) for queue in queues.values())


def in_order(queues: Mapping[str, Sequence[Kept]]) -> list[Kept]:
    """Merge queues into the order in which they are to be published."""
    waiting = {name: deque(queue) for name, queue in queues.items() if queue}
    pending = {kept.message_id for queue in waiting.values() for kept in queue}
    merged = []
    while waiting:
        heads = [queue[0] for queue in waiting.values()]
        # Where every head waits for another queue, ids were used twice: then when it was said must do.
        free = [head for head in heads if head.cause not in pending or head.cause == head.message_id] or heads
        first = min(free, key=lambda head: (head.said_at, head.queue))
        merged.append(first)
        pending.discard(first.message_id)
        waiting[first.queue].popleft()
        if not waiting[first.queue]:
            del waiting[first.queue]
    return merged


def _has_a_gap(queue: Sequence[str], present: Container[str], missing: Container[str]) -> bool:
    gap = False
    for message_id in queue:
        if message_id in missing:
            gap = True
        elif gap and message_id in present:
            return True
    return False
