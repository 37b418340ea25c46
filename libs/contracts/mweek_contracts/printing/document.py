"""Puts docs/messages.md together: the prose of the template, and tables printed from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from mweek_contracts.catalogue import (
    CATALOGUE,
    LISTED,
    REPLIES,
    REQUESTS,
    CatalogueEntry,
    Listed,
    MessageKind,
    ReplyEntry,
    RequestEntry,
)
from mweek_contracts.json_schema import schema_of
from mweek_contracts.printing.fields import code_section, field_rows, field_table, value_section
from mweek_contracts.printing.streams import consumer_table, stream_table
from mweek_contracts.printing.subject import spelled_subjects

ENVELOPE: Final = ("message_id", "causation_id", "correlation_id", "occurred_at")
"""Told once and not again with every message."""


def messages_document() -> str:
    """Return the text of docs/messages.md."""
    template = files("mweek_contracts").joinpath("printing", "messages.template.md").read_text(encoding="utf-8")
    parts = _parts()
    named = re.findall(r"^\{\{ ([a-z ]+) \}\}$", template, re.MULTILINE)
    if sorted(named) != sorted(parts):
        raise ValueError(f"messages.template.md asks for {sorted(named)}, there are {sorted(parts)}")
    for name, text in parts.items():
        template = template.replace(f"{{{{ {name} }}}}", text)
    return template


def _parts() -> dict[str, str]:
    schemas = [schema_of(entry) for entry in LISTED]
    definitions = {name: schema for body in schemas for name, schema in body.get("$defs", {}).items()}
    values = {name: schema for name, schema in sorted(definitions.items()) if "properties" in schema}
    codes = {name: schema for name, schema in sorted(definitions.items()) if "enum" in schema}
    return {
        "overview": _overview(),
        "envelope": field_table(schemas[0], only=ENVELOPE),
        "records": _messages(MessageKind.RECORD),
        "commands": _messages(MessageKind.COMMAND),
        "events": _messages(MessageKind.EVENT),
        "requests": "\n\n".join(_request(entry) for entry in REQUESTS),
        "replies": "\n\n".join(_reply(entry) for entry in REPLIES),
        "dead letters": _messages(MessageKind.DEAD_LETTER),
        "values": "\n\n".join(value_section(name, schema) for name, schema in values.items()),
        "codes": "\n\n".join(code_section(name, schema) for name, schema in codes.items()),
        "streams": stream_table(),
        "consumers": consumer_table(),
    }


def _overview() -> str:
    lines = ["| message | subject | said by | heard by |", "|---|---|---|---|"]
    for entry in CATALOGUE:
        subjects = "<br>".join(f"`{subject}`" for subject in spelled_subjects(entry))
        lines.append(f"| {_link(entry)} | {subjects} | {entry.owner} | {', '.join(entry.consumers)} |")
    lines += ["", "| request | subject | asked by | answered by | with |", "|---|---|---|---|---|"]
    for asked in REQUESTS:
        parties = f"{', '.join(asked.asked_by)} | {asked.answered_by}"
        subjects = "<br>".join(f"`{subject}`" for subject in spelled_subjects(asked))
        lines.append(f"| {_link(asked)} | {subjects} | {parties} | {_link(_reply_to(asked))} |")
    return "\n".join(lines)


def _link(entry: Listed) -> str:
    return f"[{entry.name}](#{entry.name.replace('.', '')})"


def _reply_to(asked: RequestEntry) -> ReplyEntry:
    return next(entry for entry in REPLIES if entry.message is asked.reply)


def _messages(kind: MessageKind) -> str:
    return "\n\n".join(_message(entry) for entry in CATALOGUE if entry.kind is kind)


def _message(entry: CatalogueEntry) -> str:
    facts = [
        " or ".join(f"`{subject}`" for subject in spelled_subjects(entry)),
        f"stream {entry.stream.name}",
        f"said by {entry.owner}",
        f"heard by {', '.join(entry.consumers)}",
    ]
    return _section(entry, facts, without=ENVELOPE)


def _request(entry: RequestEntry) -> str:
    facts = [
        " or ".join(f"`{subject}`" for subject in spelled_subjects(entry)),
        f"asked by {', '.join(entry.asked_by)}",
        f"answered by {entry.answered_by} with {_link(_reply_to(entry))}",
    ]
    return _section(entry, facts)


def _reply(entry: ReplyEntry) -> str:
    asked = [asked for asked in REQUESTS if asked.reply is entry.message]
    return _section(entry, [f"to {' and '.join(map(_link, asked))}", f"said by {asked[0].answered_by}"])


def _section(entry: Listed, facts: list[str], *, without: Sequence[str] = ()) -> str:
    schema = schema_of(entry)
    own = [name for name in schema["properties"] if name not in without]
    parts = [f"### {entry.name}", schema["description"], " · ".join([*facts, f"since {entry.since}"])]
    if field_rows(schema, own):
        parts.append(field_table(schema, only=own))
    example = entry.example().decode().rstrip()
    parts.append(f"<details><summary>Example</summary>\n\n```json\n{example}\n```\n\n</details>")
    return "\n\n".join(parts)
