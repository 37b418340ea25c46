"""Describes a service as an AsyncAPI 3.0 document, from the route table that runs it and from the catalogue.

FastStream's own generator sees one subscriber per stream and nothing of what an outbox says; this sees each message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from mweek_contracts.catalogue import (
    CATALOGUE,
    EVERY_SERVICE,
    REQUESTS,
    CatalogueEntry,
    Listed,
    MessageKind,
    RequestEntry,
    entry_of,
)
from mweek_contracts.message import Spoken
from mweek_contracts.printing.subject import varying_fields
from mweek_contracts.replies import Reply
from mweek_contracts.streams import consumers_of
from pydantic.json_schema import models_json_schema

from mweek_messaging.answering.route import AnswerRoute
from mweek_messaging.parts import Route

_REFERENCE: Final = "#/components/schemas/{model}"
_HEADERS: Final = {
    "Nats-Msg-Id": "The message id; a stream drops a second message with it for ten minutes",
    "ce-id": "CloudEvents 1.0, binary mode: the message id, percent-encoded",
    "ce-type": "CloudEvents: `mweek.` and the message type",
    "ce-source": "CloudEvents: who says it, e.g. `/mweek/planner`",
    "ce-time": "CloudEvents: when it happened, UTC",
    "mweek-correlation-id": "The id of the first message of the chain",
}


def asyncapi_document(
    service: str, routes: Sequence[Route], *, version: str, answers: Sequence[AnswerRoute] = ()
) -> dict[str, Any]:
    """Return the document of one service: what its routes and its bulk reader receive, what it sends and answers.

    Args:
        service: the name in the contracts, e.g. `planner`.
        routes: the very table that the service runs.
        version: of the service.
        answers: the table of the requests that it answers.
    """
    received = _received(service, routes)
    sent = [entry for entry in CATALOGUE if entry.owner in (service, EVERY_SERVICE)]
    requests = _requests(answers)
    replies = sorted({entry.reply for entry in requests}, key=lambda reply: reply.__name__)
    entries = sorted({entry.name: entry for entry in (*received, *sent)}.values(), key=lambda entry: entry.name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Maintenance Week: {service}",
            "version": version,
            "description": f"What {service} receives from, and sends to, NATS JetStream, and the requests it answers.",
        },
        "defaultContentType": "application/json",
        "channels": _channels(entries) | _request_channels(requests) | _reply_channels(replies),
        "operations": _operations("receive", service, received)
        | _operations("send", service, sent)
        | {f"answer{_name(entry)}": _answer(entry) for entry in requests},
        "components": {
            "messages": {_name(entry): _message(entry) for entry in entries}
            | {_name(entry): _body(entry.message) for entry in requests}
            | {reply.__name__: _body(reply) for reply in replies},
            "schemas": _schemas([*(entry.message for entry in (*entries, *requests)), *replies]),
        },
    }


def _requests(answers: Sequence[AnswerRoute]) -> list[RequestEntry]:
    answered = {route.request for route in answers}
    return [entry for entry in REQUESTS if entry.message in answered]


def _request_channels(entries: Iterable[RequestEntry]) -> dict[str, Any]:
    return {
        _channel_id(entry.subject): {
            "address": _address(entry.subject),
            "description": "Core NATS request and reply: no stream keeps it; ask again with the same `request_id`",
            "parameters": _parameters(entry.subject),
            "messages": {_name(entry): {"$ref": f"#/components/messages/{_name(entry)}"}},
        }
        for entry in entries
    }


def _reply_channels(replies: Iterable[type[Reply]]) -> dict[str, Any]:
    return {
        reply.message_type.replace(".", "-"): {
            "address": None,
            "description": "The inbox that the request names",
            "messages": {reply.__name__: {"$ref": f"#/components/messages/{reply.__name__}"}},
        }
        for reply in replies
    }


def _answer(entry: RequestEntry) -> dict[str, Any]:
    channel = f"#/channels/{_channel_id(entry.subject)}"
    replies = f"#/channels/{entry.reply.message_type.replace('.', '-')}"
    return {
        "action": "receive",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{_name(entry)}"}],
        "reply": {
            "channel": {"$ref": replies},
            "messages": [{"$ref": f"{replies}/messages/{entry.reply.__name__}"}],
        },
        "bindings": {"nats": {"queue": entry.answered_by}},
    }


def _parameters(subject: str) -> dict[str, Any]:
    return {name: {"description": f"The {name}, one token"} for name in varying_fields(subject)}


def _received(service: str, routes: Sequence[Route]) -> list[CatalogueEntry]:
    routed = [entry_of(route.message) for route in routes]
    streams = {spec.stream for spec in consumers_of(service)}
    in_bulk = [entry for entry in CATALOGUE if entry.kind is MessageKind.RECORD and entry.stream.name in streams]
    return [*routed, *in_bulk]


def _channels(entries: Iterable[CatalogueEntry]) -> dict[str, Any]:
    channels: dict[str, Any] = {}
    for entry in entries:
        for subject in entry.subjects:
            channel = channels.setdefault(
                _channel_id(subject),
                {
                    "address": _address(subject),
                    "description": f"Stream {entry.stream.name}: {entry.stream.description}",
                    "parameters": _parameters(subject),
                    "messages": {},
                },
            )
            channel["messages"][_name(entry)] = {"$ref": f"#/components/messages/{_name(entry)}"}
    return channels


def _operations(action: str, service: str, entries: Iterable[CatalogueEntry]) -> dict[str, Any]:
    durables = {spec.stream: spec.durable for spec in consumers_of(service)}
    operations: dict[str, Any] = {}
    for entry in entries:
        for subject in entry.subjects:
            operation = _operation(action, entry, subject)
            if action == "receive":
                operation["x-nats-durable"] = durables[entry.stream.name]
            # An operation has one channel: what is said under `adhoc` as well is a second operation.
            again = "" if subject == entry.subject else "Adhoc"
            operations[f"{action}{_name(entry)}{again}"] = operation
    return operations


def _operation(action: str, entry: CatalogueEntry, subject: str) -> dict[str, Any]:
    channel = f"#/channels/{_channel_id(subject)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{_name(entry)}"}],
        "x-nats-stream": entry.stream.name,
    }


def _message(entry: CatalogueEntry) -> dict[str, Any]:
    headers = {name: {"type": "string", "description": text} for name, text in _HEADERS.items()}
    return _body(entry.message) | {"headers": {"type": "object", "properties": headers}}


def _body(spoken: type[Spoken]) -> dict[str, Any]:
    return {
        "name": spoken.message_type,
        "title": spoken.__name__,
        "summary": (spoken.__doc__ or "").strip().splitlines()[0],
        "payload": {"$ref": _REFERENCE.format(model=spoken.__name__)},
    }


def _schemas(messages: Iterable[type[Spoken]]) -> dict[str, Any]:
    wanted: list[tuple[type[Spoken], Any]] = [(message, "serialization") for message in messages]
    _, schema = models_json_schema(wanted, ref_template=_REFERENCE)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _address(subject: str) -> str:
    """Return the subject with a named parameter for each token that varies."""
    names = iter(varying_fields(subject))
    return ".".join(f"{{{next(names)}}}" if token == "*" else token for token in subject.split("."))  # noqa: S105


def _channel_id(subject: str) -> str:
    return _address(subject).replace("{", "").replace("}", "").replace(".", "-")


def _name(entry: Listed) -> str:
    return entry.message.__name__
