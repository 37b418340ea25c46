"""Prints streams and durable consumers."""

from __future__ import annotations

from datetime import timedelta

from mweek_contracts.streams import CONSUMERS, STREAMS, Retention, StreamSpec


def stream_table() -> str:
    """Return the streams as a Markdown table."""
    lines = ["| stream | subjects | what | keeps |", "|---|---|---|---|"]
    for stream in STREAMS:
        lines.append(f"| {stream.name} | {_codes(stream.subjects)} | {stream.description} | {_keeps(stream)} |")
    return "\n".join(lines)


def consumer_table() -> str:
    """Return the durable consumers as a Markdown table."""
    lines = ["| durable | stream | subjects | unacknowledged at once |", "|---|---|---|---|"]
    for consumer in CONSUMERS:
        subjects = _codes(consumer.filter_subjects)
        lines.append(f"| {consumer.durable} | {consumer.stream} | {subjects} | {consumer.max_ack_pending:,} |")
    return "\n".join(lines)


def _keeps(stream: StreamSpec) -> str:
    if stream.retention is Retention.WORK_QUEUE:
        return "until done"
    if stream.max_messages_per_subject == 1:
        return "the last of each subject"
    return "for ever" if stream.max_age is None else f"{stream.max_age // timedelta(days=1)} days"


def _codes(words: tuple[str, ...]) -> str:
    return "<br>".join(f"`{word}`" for word in words)
