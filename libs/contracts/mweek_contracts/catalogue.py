"""The catalogue: every message, request and reply, who says and hears it, and its example. A test holds it complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final

from mweek_contracts import commands, events, explanation, records, replies, requests
from mweek_contracts.message import Message, Spoken
from mweek_contracts.replies import Reply
from mweek_contracts.requests import Request
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
class Listed:
    """Whatever is said on the bus and is listed here, with an example: a message, a request or a reply."""

    message: type[Spoken]
    since: str
    """The version of the product that says it first."""

    @property
    def name(self) -> str:
        """Kind and version, e.g. `week-scheduled.v1`."""
        return self.message.message_type

    def example(self) -> bytes:
        """Return the body of the example that lies beside this module."""
        return files("mweek_contracts").joinpath("examples", f"{self.name}.json").read_bytes()

    @property
    def refuses_unknown_fields(self) -> bool:
        """Tell whether an unknown field makes it unreadable: it is a wish, and a typo must not pass for one."""
        return self.message.model_config.get("extra") == "forbid"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry(Listed):
    """One message: who says it, who hears it, since which version of the product, carried by which stream."""

    message: type[Message]
    kind: MessageKind
    subject: str
    """With `*` for the tokens that vary."""
    other_subjects: tuple[str, ...] = ()
    """Where it is said too, in another case: what is of no week stands under `adhoc` and the machine."""
    stream: StreamSpec
    owner: str
    consumers: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """All subjects on which it is said."""
        return (self.subject, *self.other_subjects)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEntry(Listed):
    """One request and its reply: carried by no stream, kept by nobody but who answers it."""

    message: type[Request]
    reply: type[Reply]
    asked_by: tuple[str, ...] = ("machine",)
    answered_by: str = "planner"
    """The service; also the queue group that its instances answer in."""

    @property
    def subject(self) -> str:
        """With `*` for the tokens that vary."""
        return f"req.*.*.{self.name}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """All subjects on which it is asked."""
        return (self.subject,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEntry(Listed):
    """One reply; it goes to the inbox that the request names."""

    message: type[Reply]


def _record(message: type[Message], subject: str, since: str = "0.1.0") -> CatalogueEntry:
    return CatalogueEntry(
        message=message,
        kind=MessageKind.RECORD,
        subject=subject,
        stream=RECORDS,
        owner="inventory",
        consumers=("planner", "notifier", "auditor"),
        since=since,
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


def _window_event(message: type[Message], *consumers: str, adhoc_only: bool = False) -> CatalogueEntry:
    """Return an event about a window of a week or, under `adhoc` and the machine, of none."""
    of_week, adhoc = f"evt.*.*.{message.message_type}", f"evt.*.{events.ADHOC}.{message.message_type}.*"
    return CatalogueEntry(
        message=message,
        kind=MessageKind.EVENT,
        subject=adhoc if adhoc_only else of_week,
        other_subjects=() if adhoc_only else (adhoc,),
        stream=EVENTS,
        owner="planner",
        consumers=consumers,
        since="0.2.0",
    )


CATALOGUE: Final = (
    _record(records.MachineV1, "rec.*.machine.*.v1"),
    _record(records.MachineRemovedV1, "rec.*.machine.*.v1"),
    _record(records.CustomerV1, "rec.customer.*.v1"),
    _record(records.CustomerRemovedV1, "rec.customer.*.v1"),
    _record(records.LocationPolicyV1, "rec.*.policy.windows.v1", since="0.2.0"),
    _record(records.LocationPolicyRemovedV1, "rec.*.policy.windows.v1", since="0.2.0"),
    _command(commands.ScheduleWeekV1, "planner"),
    _command(commands.CancelWeekV1, "planner"),
    _command(commands.PutRecordsV1, "inventory"),
    _command(commands.RebuildRecordsV1, "inventory"),
    _event(events.WindowsAssignedV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _event(events.WindowsWithdrawnV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _event(events.WeekScheduledV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _event(events.WeekRefusedV1, "planner", "administrator"),
    _event(events.WeekCancelledV1, "planner", "notifier", "auditor", "administrator", "dashboard"),
    _window_event(events.WindowGrantedV1, "notifier", "auditor", "administrator", "dashboard", "machine"),
    _window_event(events.WindowRefusedV1, "administrator", "dashboard", adhoc_only=True),
    _window_event(events.WindowWithdrawnV1, "notifier", "auditor", "administrator", "dashboard", "machine"),
    _window_event(events.MachineEnteredV1, "auditor", "administrator", "dashboard"),
    _window_event(events.MachineLeftV1, "auditor", "administrator", "dashboard"),
    _window_event(events.MachineOverdueV1, "auditor", "administrator", "dashboard"),
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

REQUESTS: Final = tuple(
    RequestEntry(message=request, reply=reply, since="0.2.0")
    for request, reply in (
        (requests.RequestWindowV1, replies.WindowReplyV1),
        (requests.WithdrawWindowV1, replies.WithdrawalReplyV1),
        (requests.EnterWindowV1, replies.LeaseReplyV1),
        (requests.RenewWindowV1, replies.LeaseReplyV1),
        (requests.LeaveWindowV1, replies.DepartureReplyV1),
        (requests.MyWindowsV1, replies.MyWindowsReplyV1),
        (requests.ExplainWindowV1, explanation.ExplainWindowReplyV1),
    )
)
"""What a machine can ask, each with the reply that it gets."""

REPLIES: Final = tuple(
    ReplyEntry(message=reply, since=min(entry.since for entry in REQUESTS if entry.reply is reply))
    for reply in dict.fromkeys(entry.reply for entry in REQUESTS)
)

LISTED: Final[tuple[Listed, ...]] = (*CATALOGUE, *REQUESTS, *REPLIES)
"""Everything that is said: each has an example and a JSON Schema."""

_BY_TYPE: Final = {entry.message: entry for entry in CATALOGUE}
_BY_NAME: Final = {entry.name: entry for entry in REQUESTS}
_REQUEST_TOKENS: Final = ("req", "<location>", "<machine>", "<request>", "<version>")


def entry_of(message: type[Message]) -> CatalogueEntry:
    """Return the catalogue entry of a message class; raises KeyError for a class that is not in the catalogue."""
    return _BY_TYPE[message]


def request_on(subject: str) -> RequestEntry | None:
    """Return the request that a subject is for, e.g. `req.rzob.acme03.enter-window.v1`; None where it is none."""
    tokens = subject.split(".")
    if len(tokens) != len(_REQUEST_TOKENS) or tokens[0] != "req" or not all(tokens):
        return None
    return _BY_NAME.get(".".join(tokens[3:]))


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
        for subject in entry.subjects:
            by_subject.setdefault(subject, []).append(entry)
    grouped: dict[tuple[int, str, str], list[tuple[_Words, list[CatalogueEntry]]]] = {}
    for subject, entries in by_subject.items():
        tokens = subject.split(".")
        words = tuple((place, word) for place, word in enumerate(tokens) if word != "*")
        grouped.setdefault(_shape(tokens), []).append((words, entries))
    return grouped


_BY_SHAPE: Final = _by_shape()
