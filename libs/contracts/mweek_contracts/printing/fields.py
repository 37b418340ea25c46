"""Prints the fields of messages and values, and the codes, from their JSON Schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from mweek_contracts.fields import LARGEST_COUNT
from mweek_contracts.json_schema import CODE_MEANINGS

Schema = Mapping[str, Any]


def value_section(name: str, schema: Schema) -> str:
    """Return what a value inside of messages is: heading, sentence, fields."""
    return "\n\n".join([f"### {name}", schema["description"], field_table(schema, only=list(schema["properties"]))])


def code_section(name: str, schema: Schema) -> str:
    """Return what an enumeration can say, with the meaning of each code that has one."""
    meanings: Mapping[str, str] = schema.get(CODE_MEANINGS, {})
    head = f"### {name}\n\n{schema['description']}"
    if not meanings:
        return f"{head} {', '.join(f'`{code}`' for code in schema['enum'])}."
    rows = [f"| `{code}` | {_cell(meanings.get(code, ''))} |" for code in schema["enum"]]
    return "\n".join([head, "", "| code | meaning |", "|---|---|", *rows])


def field_table(schema: Schema, *, only: Sequence[str]) -> str:
    """Return some fields of an object as a Markdown table."""
    return "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *field_rows(schema, only)])


def field_rows(schema: Schema, only: Iterable[str]) -> list[str]:
    """Return a row for each of these fields."""
    required = schema.get("required", ())
    return [_row(name, schema["properties"][name], required=name in required) for name in only]


def _row(name: str, field: Schema, *, required: bool) -> str:
    default = "**required**" if required else _default(field.get("default"))
    return f"| `{name}` | {_cell(type_in_words(field))} | {default} | {_cell(field['description'])} |"


def _default(value: object) -> str:
    return "" if value is None else f"`{json.dumps(value)}`"


def type_in_words(schema: Schema) -> str:
    """Return what a value may be, in a few words, with links to what has a section of its own."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(type_in_words(part) for part in schema[several] if part.get("type") != "null")
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    return _WORDS[schema["type"]](schema)


def _list_in_words(schema: Schema) -> str:
    limits = (("at least", schema.get("minItems")), ("at most", schema.get("maxItems")))
    bounds = " and ".join(f"{word} {count:,}" for word, count in limits if count)
    return f"list of {type_in_words(schema['items'])}" + (f", {bounds}" if bounds else "")


def _map_in_words(schema: Schema) -> str:
    values = schema.get("patternProperties") or {"": schema["additionalProperties"]}
    keys = type_in_words({"type": "string"} | schema.get("propertyNames", {}))
    return f"map of {keys} to {' or '.join(type_in_words(value) for value in values.values())}"


def _text_in_words(schema: Schema) -> str:
    form = schema.get("format")
    return f"[{form}](#forms-of-text)" if form else "string"


def _number_in_words(schema: Schema) -> str:
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if lowest is None:
        return "integer"
    return f"integer from {lowest}" + ("" if highest in (None, LARGEST_COUNT) else f" to {highest:,}")


_WORDS: Final[Mapping[str, Callable[[Schema], str]]] = {
    "array": _list_in_words,
    "object": _map_in_words,
    "string": _text_in_words,
    "integer": _number_in_words,
    "boolean": lambda _: "true or false",
}


def _cell(text: str) -> str:
    """Return text as it may stand in a cell of a table."""
    return text.replace("|", "\\|")
