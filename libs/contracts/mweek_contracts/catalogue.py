"""The catalogue: every message with its owner, its consumers, its stream and its example. A test holds it complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final

from mweek_contracts import commands, events, records
from mweek_contracts.message import Message
from mweek_contracts.streams import COMMANDS, DEAD, EVENTS, RECORDS, StreamSpec

EVERY_SERVICE: Final = "every service"
"""The owner of messages that any of them may say."""


class MessageKind(StrEnum):
    """What kind of thing a message is."""

    RECORD = "record"
    COMMAND = "command"
    EVENT = "event"
    DEAD_LETTER = "dead letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One message: who says it, who hears it, since which version of the product, carried by which stream."""

    message: type[Message]
    kind: MessageKind
    subject: str
    """With `*` for the tokens that vary."""
    stream: StreamSpec
    owner: str
    consumers: tuple[str, ...]
    since: str

    @property
    def name(self) -> str:
        """Kind and version, e.g. `week-scheduled.v1`."""
        return self.message.message_type

    def example(self) -> bytes:
        """Return the body of the example that lies beside this module."""
        return files("mweek_contracts").joinpath("examples", f"{self.name}.json").read_bytes()


def _record(message: type[Message], subject: str) -> CatalogueEntry:
    return CatalogueEntry(
        message=message,
        kind=MessageKind.RECORD,
        subject=subject,
        stream=RECORDS,
        owner="inventory",
        consumers=("planner", "notifier", "auditor"),
        since="0.1.0",
    )


def _command(message: type[Message], consumer: str) -> CatalogueEntry:
    return CatalogueEntry(
        message=message,
        kind=MessageKind.COMMAND,
        subject=f"cmd.*.{message.message_type}",
        stream=COMMANDS,
        owner="administrator",
        consumers=(consumer,),
        since="0.1.0",
    )


def _event(message: type[Message], owner: str, *consumers: str, where: str = "*") -> CatalogueEntry:
    return CatalogueEntry(
        message=message,
        kind=MessageKind.EVENT,
        subject=f"evt.*.{where}.{message.message_type}",
        stream=EVENTS,
        owner=owner,
        consumers=consumers,
        since="0.1.0",
    )


CATALOGUE: Final = (
    _record(records.MachineV1, "rec.*.machine.*.v1"),
    _record(records.MachineRemovedV1, "rec.*.machine.*.v1"),
    _record(records.CustomerV1, "rec.customer.*.v1"),
    _record(records.CustomerRemovedV1, "rec.customer.*.v1"),
    _command(commands.ScheduleWeekV1, "planner"),
    _command(commands.CancelWeekV1, "planner"),
    _command(commands.PutRecordsV1, "inventory"),
    _command(commands.RebuildRecordsV1, "inventory"),
    _event(events.WindowsAssignedV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _event(events.WindowsWithdrawnV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _event(events.WeekScheduledV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _event(events.WeekRefusedV1, "planner", "administrator"),
    _event(events.WeekCancelledV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _event(events.AuditPassedV1, "auditor", "administrator", "dashboard"),
    _event(events.AuditFailedV1, "auditor", "planner", "notifier", "administrator", "dashboard"),
    _event(events.NoticeSentV1, "notifier", "auditor", "administrator", "dashboard"),
    _event(events.NoticeSkippedV1, "notifier", "auditor", "administrator", "dashboard"),
    _event(events.NoticeFailedV1, "notifier", "auditor", "administrator", "dashboard"),
    _event(events.FleetImportedV1, "inventory", "administrator", where="fleet"),
    _event(events.FleetRefusedV1, "inventory", "administrator", where="fleet"),
    _event(events.CommandRefusedV1, EVERY_SERVICE, "administrator", where="commands"),
    CatalogueEntry(
        message=events.DeadLetterV1,
        kind=MessageKind.DEAD_LETTER,
        subject="dead.*.*",
        stream=DEAD,
        owner=EVERY_SERVICE,
        consumers=("administrator",),
        since="0.1.0",
    ),
)

_BY_TYPE: Final = {entry.message: entry for entry in CATALOGUE}


def entry_of(message: type[Message]) -> CatalogueEntry:
    """Return the catalogue entry of a message class; raises KeyError for a class that is not in the catalogue."""
    return _BY_TYPE[message]


def candidates(subject: str) -> tuple[CatalogueEntry, ...]:
    """Return the entries whose subject matches: none for a foreign subject, two where a tombstone shares it.

    The record comes before its tombstone.
    """
    tokens = subject.split(".")
    if not all(tokens):
        return ()
    return tuple(
        entry
        for shape in (_shape(tokens), _shape([*tokens[:-2], "*", tokens[-1]]))
        for words, entries in _BY_SHAPE.get(shape, ())
        if all(tokens[place] == word for place, word in words)
        for entry in entries
    )


def _shape(tokens: Sequence[str]) -> tuple[int, str, str]:
    """Return what tells most subjects apart: how many tokens, the first, and the one before the last."""
    return len(tokens), tokens[0], tokens[-2] if len(tokens) > 1 else ""


_Words = tuple[tuple[int, str], ...]
"""The words of a subject that are no wildcards, each with its place."""


def _by_shape() -> dict[tuple[int, str, str], list[tuple[_Words, list[CatalogueEntry]]]]:
    by_subject: dict[str, list[CatalogueEntry]] = {}
    for entry in CATALOGUE:
        by_subject.setdefault(entry.subject, []).append(entry)
    grouped: dict[tuple[int, str, str], list[tuple[_Words, list[CatalogueEntry]]]] = {}
    for subject, entries in by_subject.items():
        tokens = subject.split(".")
        words = tuple((place, word) for place, word in enumerate(tokens) if word != "*")
        grouped.setdefault(_shape(tokens), []).append((words, entries))
    return grouped


_BY_SHAPE: Final = _by_shape()
