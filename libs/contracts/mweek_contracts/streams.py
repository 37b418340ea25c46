"""Streams and durable consumers as data.

One command (`mweek-streams apply`) makes the server match; services never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Retention(StrEnum):
    """How long a stream keeps a message."""

    LIMITS = "limits"
    WORK_QUEUE = "workqueue"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSpec:
    """A stream: its subjects and what it keeps. All are file-backed and accept atomic batches."""

    name: str
    subjects: tuple[str, ...]
    description: str
    retention: Retention = Retention.LIMITS
    max_age: timedelta | None = None
    max_messages_per_subject: int | None = None
    append_only: bool = False
    """Nobody may delete or purge single messages. Cannot be undone on a stream that has it."""
    duplicate_window: timedelta = timedelta(minutes=10)
    """Longer than any outage that the outbox relay bridges without looking back; a cheap filter, not a promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerSpec:
    """A durable pull consumer: the place of one service in one stream, shared by all its instances."""

    stream: str
    durable: str
    service: str
    filter_subjects: tuple[str, ...]
    max_ack_pending: int
    ack_wait: timedelta = timedelta(seconds=10)
    """How long a message stays with a process that gives no sign of life: the time that its death costs.

    A living one gives a sign three times in it, however long its handler takes. One that is only held up longer than
    this is taken for dead; its message then comes twice, which the inbox bears."""


IN_ORDER: Final = 1
"""max_ack_pending for streams whose messages build on each other: order holds through retries too."""

IN_BULK: Final = 2_000
"""max_ack_pending for records, which carry their own revision and may arrive in any order."""

RECORDS: Final = StreamSpec(
    name="RECORDS",
    subjects=("rec.>",),
    description="Machines, customers and policies: the last record per subject; a removal is a tombstone",
    max_messages_per_subject=1,
    append_only=True,
)
COMMANDS: Final = StreamSpec(
    name="COMMANDS",
    subjects=("cmd.>",),
    description="What administrators ask for; gone when done",
    retention=Retention.WORK_QUEUE,
)
EVENTS: Final = StreamSpec(
    name="EVENTS",
    subjects=("evt.>",),
    description="What has happened, for 90 days",
    max_age=timedelta(days=90),
    append_only=True,
)
DEAD: Final = StreamSpec(
    name="DEAD",
    subjects=("dead.>",),
    description="Messages that no handler could deal with, until an operator replays or drops them",
)
STREAMS: Final = (RECORDS, COMMANDS, EVENTS, DEAD)

CONSUMERS: Final = (
    ConsumerSpec(
        stream="COMMANDS",
        durable="inventory-commands",
        service="inventory",
        filter_subjects=("cmd.*.put-records.v1", "cmd.*.rebuild-records.v1"),
        max_ack_pending=IN_ORDER,
    ),
    ConsumerSpec(
        stream="COMMANDS",
        durable="planner-commands",
        service="planner",
        filter_subjects=("cmd.*.schedule-week.v1", "cmd.*.cancel-week.v1"),
        max_ack_pending=IN_ORDER,
    ),
    ConsumerSpec(
        stream="RECORDS",
        durable="planner-records",
        service="planner",
        filter_subjects=("rec.>",),
        max_ack_pending=IN_BULK,
    ),
    ConsumerSpec(
        stream="EVENTS",
        durable="planner-events",
        service="planner",
        filter_subjects=("evt.*.*.audit-failed.v1",),
        max_ack_pending=IN_ORDER,
    ),
    ConsumerSpec(
        stream="RECORDS",
        durable="notifier-records",
        service="notifier",
        filter_subjects=("rec.>",),
        max_ack_pending=IN_BULK,
    ),
    ConsumerSpec(
        stream="EVENTS",
        durable="notifier-events",
        service="notifier",
        filter_subjects=(
            "evt.*.*.windows-assigned.v1",
            "evt.*.*.windows-withdrawn.v1",
            "evt.*.*.week-scheduled.v1",
            "evt.*.*.week-cancelled.v1",
            "evt.*.*.audit-failed.v1",
            "evt.*.*.window-granted.v1",
            "evt.*.adhoc.window-granted.v1.*",
            "evt.*.*.window-withdrawn.v1",
            "evt.*.adhoc.window-withdrawn.v1.*",
        ),
        max_ack_pending=IN_ORDER,
    ),
    ConsumerSpec(
        stream="RECORDS",
        durable="auditor-records",
        service="auditor",
        filter_subjects=("rec.>",),
        max_ack_pending=IN_BULK,
    ),
    ConsumerSpec(
        stream="EVENTS",
        durable="auditor-events",
        service="auditor",
        filter_subjects=(
            "evt.*.*.windows-assigned.v1",
            "evt.*.*.windows-withdrawn.v1",
            "evt.*.*.week-scheduled.v1",
            "evt.*.*.week-cancelled.v1",
            "evt.*.*.window-granted.v1",
            "evt.*.adhoc.window-granted.v1.*",
            "evt.*.*.window-withdrawn.v1",
            "evt.*.adhoc.window-withdrawn.v1.*",
            "evt.*.*.machine-entered.v1",
            "evt.*.adhoc.machine-entered.v1.*",
            "evt.*.*.machine-left.v1",
            "evt.*.adhoc.machine-left.v1.*",
            "evt.*.*.machine-overdue.v1",
            "evt.*.adhoc.machine-overdue.v1.*",
            "evt.*.*.notice-sent.v1",
            "evt.*.*.notice-skipped.v1",
            "evt.*.*.notice-failed.v1",
        ),
        max_ack_pending=IN_ORDER,
    ),
)


def consumers_of(service: str) -> tuple[ConsumerSpec, ...]:
    """Return the durable consumers of one service."""
    return tuple(spec for spec in CONSUMERS if spec.service == service)
