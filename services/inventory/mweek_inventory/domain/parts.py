"""An import that comes in parts: whether they belong together, and whether all are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum
from typing import Final

ABANDONED_AFTER: Final = timedelta(days=1)
"""Real time after which the parts that came are given up: who sends them does so in minutes."""

MOST_PARTS: Final = 10_000
"""Five million records; more parts than that are a mistake in counting."""


class Stage(StrEnum):
    """How far an import has come."""

    COLLECTING = "collecting"
    IMPORTED = "imported"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part as it arrives; `digest` is over what it asks for."""

    number: int
    of: int
    replaces: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """How far an import has come: `received` of its parts are there."""

    of: int
    replaces: bool
    stage: Stage
    received: int


class Arrival(Enum):
    """What the arrival of a part leads to."""

    INCOMPLETE = "incomplete"
    REPEATED = "repeated"
    COMPLETE = "complete"


def receive(part: Part, collection: Collection | None, earlier_digest: str | None) -> Arrival | str:
    """Return what to do with a part, or a sentence why the import it belongs to is refused.

    Args:
        collection: the import so far; None when this is the first of it.
        earlier_digest: of the part of the same number, where it came before.
    """
    if part.of > MOST_PARTS:
        return f"has {part.of:,} parts: an import has at most {MOST_PARTS:,}"
    if collection is None:
        return Arrival.COMPLETE if part.of == 1 else Arrival.INCOMPLETE
    if collection.stage is not Stage.COLLECTING:
        return f"the import was {collection.stage.value} before: send it again, whole, under a new import_id"
    if part.of != collection.of:
        return f"part {part.number} says that there are {part.of} parts, those before said {collection.of}"
    if part.replaces != collection.replaces:
        return f"part {part.number} has another replace_location than those before"
    if earlier_digest is not None:
        same = earlier_digest == part.digest
        return Arrival.REPEATED if same else f"part {part.number} came twice with different content"
    return Arrival.COMPLETE if collection.received + 1 == collection.of else Arrival.INCOMPLETE


def abandonment(collection: Collection) -> str:
    """Return the sentence that tells of an import whose parts did not come in time."""
    missing = collection.of - collection.received
    return f"{missing} of {collection.of} parts did not come within a day: nothing was done"
