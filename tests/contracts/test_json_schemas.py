"""The exported JSON Schemas are the models', are valid themselves, and explain every field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mweek_contracts.__main__ import main
from mweek_contracts.catalogue import CATALOGUE, LISTED, Listed
from mweek_contracts.json_schema import DIALECT, FOLDER, schema_files, schema_of

each_entry = pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry.name)


def exported(entry: Listed) -> dict[str, Any]:
    """Return a schema as it lies in the package."""
    return json.loads((FOLDER / f"{entry.name}.json").read_text(encoding="utf-8"))


def objects(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the body and each value inside it, by name."""
    for name, part in {"body": schema, **schema.get("$defs", {})}.items():
        if "properties" in part:
            yield name, part


def test_files_are_what_the_models_say() -> None:
    """Else: `make documents`, and read the diff for changes that break somebody."""
    assert {path: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == schema_files()


@each_entry
def test_schema_is_valid_draft_2020_12(entry: Listed) -> None:
    schema = exported(entry)
    assert schema["$schema"] == DIALECT
    assert schema["$id"] == f"urn:mweek:{entry.name}"
    Draft202012Validator.check_schema(schema)


@each_entry
def test_example_fits_its_schema(entry: Listed) -> None:
    assert list(Draft202012Validator(exported(entry)).iter_errors(json.loads(entry.example()))) == []


@each_entry
def test_empty_body_and_broken_fields_do_not_fit(entry: Listed) -> None:
    schema, example = Draft202012Validator(exported(entry)), json.loads(entry.example())
    assert not schema.is_valid({})
    assert not schema.is_valid([])
    for name in exported(entry)["required"]:
        assert not schema.is_valid({key: value for key, value in example.items() if key != name}), name
        assert not schema.is_valid(example | {name: {"neither": "text nor number"}}), name


@each_entry
def test_every_field_has_a_meaning(entry: Listed) -> None:
    silent = [
        f"{name}.{field}"
        for name, part in objects(exported(entry))
        for field, schema in part["properties"].items()
        if not schema.get("description")
    ]
    assert silent == []


@each_entry
def test_numbers_and_names_have_bounds_that_a_schema_can_say(entry: Listed) -> None:
    text = json.dumps(exported(entry))
    assert '"ge"' not in text
    assert '"le"' not in text


@each_entry
def test_only_wishes_refuse_unknown_fields(entry: Listed) -> None:
    refusing = {name for name, part in objects(exported(entry)) if part.get("additionalProperties") is False}
    if entry.refuses_unknown_fields:
        assert "body" in refusing
    else:
        assert refusing == set()


def test_tombstone_must_say_that_it_is_one() -> None:
    tombstones = [entry for entry in CATALOGUE if "removed.v1" in entry.name]
    assert len(tombstones) == 3
    assert all("removed" in schema_of(entry)["required"] for entry in tombstones)


def test_tokens_and_codes_are_spelled_out() -> None:
    machine = schema_of(CATALOGUE[0])
    assert machine["properties"]["name"]["pattern"] == "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
    assert machine["$defs"]["Kind"]["enum"] == ["physical", "virtual"]


def test_check_names_files_that_differ_and_write_mends_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "docs" / "messages.md"
    assert main(["check", "--document", str(document)]) == 1
    assert str(document) in capsys.readouterr().err
    assert main(["messages", "--document", str(document)]) == 0
    assert main(["check", "--document", str(document)]) == 0
