"""Puts docs/messages.md together: the prose of the template, and tables printed from the catalogue."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final

from mweek_contracts.catalogue import CATALOGUE, CatalogueEntry, MessageKind
from mweek_contracts.json_schema import schema_of
from mweek_contracts.printing.fields import code_section, field_rows, field_table, value_section
from mweek_contracts.printing.streams import consumer_table, stream_table
from mweek_contracts.printing.subject import spelled_subject

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
    schemas = [schema_of(entry) for entry in CATALOGUE]
    definitions = {name: schema for body in schemas for name, schema in body.get("$defs", {}).items()}
    values = {name: schema for name, schema in sorted(definitions.items()) if "properties" in schema}
    codes = {name: schema for name, schema in sorted(definitions.items()) if "enum" in schema}
    return {
        "overview": _overview(),
        "envelope": field_table(schemas[0], only=ENVELOPE),
        "records": _messages(MessageKind.RECORD),
        "commands": _messages(MessageKind.COMMAND),
        "events": _messages(MessageKind.EVENT),
        "dead letters": _messages(MessageKind.DEAD_LETTER),
        "values": "\n\n".join(value_section(name, schema) for name, schema in values.items()),
        "codes": "\n\n".join(code_section(name, schema) for name, schema in codes.items()),
        "streams": stream_table(),
        "consumers": consumer_table(),
    }


def _overview() -> str:
    lines = ["| message | subject | said by | heard by |", "|---|---|---|---|"]
    for entry in CATALOGUE:
        link = f"[{entry.name}](#{entry.name.replace('.', '')})"
        lines.append(f"| {link} | `{spelled_subject(entry)}` | {entry.owner} | {', '.join(entry.consumers)} |")
    return "\n".join(lines)


def _messages(kind: MessageKind) -> str:
    return "\n\n".join(_message(entry) for entry in CATALOGUE if entry.kind is kind)


def _message(entry: CatalogueEntry) -> str:
    schema = schema_of(entry)
    own = [name for name in schema["properties"] if name not in ENVELOPE]
    facts = [
        f"`{spelled_subject(entry)}`",
        f"stream {entry.stream.name}",
        f"said by {entry.owner}",
        f"heard by {', '.join(entry.consumers)}",
        f"since {entry.since}",
    ]
    parts = [f"### {entry.name}", schema["description"], " · ".join(facts)]
    if field_rows(schema, own):
        parts.append(field_table(schema, only=own))
    example = entry.example().decode().rstrip()
    parts.append(f"<details><summary>Example</summary>\n\n```json\n{example}\n```\n\n</details>")
    return "\n\n".join(parts)
