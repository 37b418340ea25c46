"""The JSON Schema of each message, request and reply, draft 2020-12, for programs that do not import this package.

What Python checks beyond a schema's reach (a week that a year does not have, an end before a start) stays with the
reader: a body that fits the schema can still be refused. One that does not fit always is, but for a selector's single
value where the schema has a list.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mweek_contracts.catalogue import LISTED, Listed
from mweek_contracts.meanings import meaning_of_field, meanings_of_codes

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Final = Path(__file__).parent / "schemas"

CODE_MEANINGS: Final = "x-meanings"
"""Keyword beside an `enum`: what each of its values means."""


def schema_of(entry: Listed) -> dict[str, Any]:
    """Return the JSON Schema of the body of a message, a request or a reply."""
    schema = entry.message.model_json_schema(schema_generator=_Generator)
    if not entry.refuses_unknown_fields:
        # A pattern refuses unknown fields as a document; in an event they may come from a newer writer.
        _allow_newer_fields(schema)
    head = {"$schema": DIALECT, "$id": f"urn:mweek:{entry.name}", "title": entry.name}
    return head | {key: value for key, value in schema.items() if key != "title"}


def schema_files() -> dict[Path, str]:
    """Return the text of each schema file, by its path in `FOLDER`."""
    return {
        FOLDER / f"{entry.name}.json": json.dumps(schema_of(entry), indent=2, ensure_ascii=False) + "\n"
        for entry in LISTED
    }


class _Generator(GenerateJsonSchema):
    """Takes the meanings from the source, and leaves out titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave titles to models and codes."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Add what the docstring of the model and the sentences beside its fields say."""
        described = super().model_schema(schema)
        for name, field in described.get("properties", {}).items():
            if meaning := meaning_of_field(schema["cls"], name):
                field["description"] = meaning
        return described

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """Add what each code means."""
        described = super().enum_schema(schema)
        if meanings := meanings_of_codes(schema["cls"]):
            described[CODE_MEANINGS] = dict(meanings)
        return described


def _allow_newer_fields(schema: object) -> None:
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for part in schema.values():
            _allow_newer_fields(part)
    elif isinstance(schema, list):
        for part in schema:
            _allow_newer_fields(part)
