"""What shows that a stream has lost messages. Pure: compares what was seen with what is, and says it in words.

The last sequence alone shows little. A block that is damaged before an intact index leaves holes under an end that
stays; a stream that lost its end may have grown past it again before anybody looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from mweek_contracts.streams import Retention, StreamSpec
from mweek_outbox.streams import StoredMessage, StreamSeen
from nats.js.api import ConsumerInfo

from mweek_messaging.stream_state import StreamState

AGE_MARGIN: Final = timedelta(hours=1)
"""Near the end of its age a message may be gone or not, by either clock: nothing follows from it."""


class Loss(Enum):
    """What kind of loss shows."""

    MADE_ANEW = auto()
    """Another stream stands in its place."""
    CUT = auto()
    """The same stream lacks what it had, or has something else in its place."""
    GONE = auto()
    """It, or a consumer of it, is not there."""


@dataclass(frozen=True, slots=True)
class Regression:
    """That a stream went back, and how that shows, as the rest of a sentence that begins with its name."""

    loss: Loss
    sentence: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What lies now where the last message was seen before."""

    present: StoredMessage | None
    last_of_its_subject: int | None = None
    """Asked only where nothing lies there, and the stream keeps the last message of each subject."""


def regression_of(spec: StreamSpec, seen: StreamSeen, present: StreamState, mark: Mark | None) -> Regression | None:
    """Return how it shows that a stream went back; None when nothing shows it.

    Args:
        mark: what lies at `seen.last_sequence`; None where this was not asked.
    """
    if seen.created_at != present.created_at:
        was, now = _instant(seen.created_at), _instant(present.created_at)
        return Regression(Loss.MADE_ANEW, f"was created {was} and now {now}")
    sentence = _shorter(spec, seen, present) or (_replaced(spec, seen, present, mark) if mark else None)
    return Regression(Loss.CUT, sentence) if sentence else None


def consumer_ahead(present: StreamState, consumers: Iterable[ConsumerInfo]) -> Regression | None:
    """Return that a consumer stands ahead of its stream: what is published next would be skipped in silence."""
    for consumer in consumers:
        delivered = consumer.delivered.stream_seq if consumer.delivered else 0
        if delivered > present.last_sequence:
            end = present.last_sequence
            return Regression(
                Loss.CUT, f"ends at {end} and its consumer {consumer.name} is ahead of it, at {delivered}"
            )
    return None


def _shorter(spec: StreamSpec, seen: StreamSeen, present: StreamState) -> str | None:
    if present.last_sequence < seen.last_sequence:
        return f"had reached {seen.last_sequence} and now ends at {present.last_sequence}"
    if _drops_only_by_age(spec):
        if present.holes > (present.holes if seen.holes is None else seen.holes):
            return f"lacks {present.holes} messages between {present.first_sequence} and {present.last_sequence}"
        if _lost_its_beginning(spec, seen, present):
            return f"began at {seen.first_sequence} and now at {present.first_sequence}, before it was time"
    if _keeps_every_subject(spec) and present.messages < max(seen.messages or 0, present.subjects):
        had = max(seen.messages or 0, present.subjects)
        return f"had the last messages of {had} subjects and now has {present.messages}"
    return None


def _replaced(spec: StreamSpec, seen: StreamSeen, present: StreamState, mark: Mark) -> str | None:
    last = seen.last_message
    if last is None or mark.present == last:
        return None
    place = f"at {seen.last_sequence}"
    if mark.present is not None:
        return (
            f"has another message {place}, of {_instant(mark.present.stored_at)} instead of {_instant(last.stored_at)}"
        )
    if _drops_only_by_age(spec) and not _too_old(spec, last.stored_at, present):
        return f"has no message {place} any more"
    if _keeps_every_subject(spec) and (mark.last_of_its_subject or 0) < seen.last_sequence:
        return f"has no message {place} any more, nor a later one of {last.subject}"
    return None


def _lost_its_beginning(spec: StreamSpec, seen: StreamSeen, present: StreamState) -> bool:
    if seen.first_sequence is None or seen.first_stored_at is None:
        return False
    return present.first_sequence > seen.first_sequence and not _too_old(spec, seen.first_stored_at, present)


def _drops_only_by_age(spec: StreamSpec) -> bool:
    """Whether nothing may be missing between the first message and the last."""
    return spec.append_only and spec.max_messages_per_subject is None


def _keeps_every_subject(spec: StreamSpec) -> bool:
    """Whether a subject that is there once is there for ever, with its last message."""
    return spec.max_messages_per_subject == 1 and spec.max_age is None and spec.retention is Retention.LIMITS


def _too_old(spec: StreamSpec, stored_at: datetime, present: StreamState) -> bool:
    return spec.max_age is not None and stored_at + spec.max_age - AGE_MARGIN < present.asked_at


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%SZ}"
