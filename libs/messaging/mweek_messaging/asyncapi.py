"""Describes a service as an AsyncAPI 3.0 document, from the route table that runs it and from the catalogue.

FastStream's own generator sees one subscriber per stream and nothing of what an outbox says; this sees each message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from mweek_contracts.catalogue import CATALOGUE, EVERY_SERVICE, CatalogueEntry, MessageKind, entry_of
from mweek_contracts.message import Message
from mweek_contracts.printing.subject import varying_fields
from mweek_contracts.streams import consumers_of
from pydantic.json_schema import models_json_schema

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


def asyncapi_document(service: str, routes: Sequence[Route], *, version: str) -> dict[str, Any]:
    """Return the document of one service: what its routes and its bulk reader receive, and what it sends.

    Args:
        service: the name in the contracts, e.g. `planner`.
        routes: the very table that the service runs.
        version: of the service.
    """
    received = _received(service, routes)
    sent = [entry for entry in CATALOGUE if entry.owner in (service, EVERY_SERVICE)]
    entries = sorted({entry.name: entry for entry in (*received, *sent)}.values(), key=lambda entry: entry.name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Maintenance Week: {service}",
            "version": version,
            "description": f"What {service} receives from, and sends to, NATS JetStream.",
        },
        "defaultContentType": "application/json",
        "channels": _channels(entries),
        "operations": _operations("receive", service, received) | _operations("send", service, sent),
        "components": {
            "messages": {_name(entry): _message(entry) for entry in entries},
            "schemas": _schemas(entry.message for entry in entries),
        },
    }


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
                    "parameters": {name: {"description": f"The {name}, one token"} for name in varying_fields(subject)},
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
    return {
        "name": entry.name,
        "title": _name(entry),
        "summary": (entry.message.__doc__ or "").strip().splitlines()[0],
        "headers": {"type": "object", "properties": headers},
        "payload": {"$ref": _REFERENCE.format(model=_name(entry))},
    }


def _schemas(messages: Iterable[type[Message]]) -> dict[str, Any]:
    wanted: list[tuple[type[Message], Any]] = [(message, "serialization") for message in messages]
    _, schema = models_json_schema(wanted, ref_template=_REFERENCE)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _address(subject: str) -> str:
    """Return the subject with a named parameter for each token that varies."""
    names = iter(varying_fields(subject))
    return ".".join(f"{{{next(names)}}}" if token == "*" else token for token in subject.split("."))  # noqa: S105


def _channel_id(subject: str) -> str:
    return _address(subject).replace("{", "").replace("}", "").replace(".", "-")


def _name(entry: CatalogueEntry) -> str:
    return entry.message.__name__
