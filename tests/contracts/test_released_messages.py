"""What was said in a release is understood for ever; and the mechanism that says so catches what breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from mweek_contracts.catalogue import CATALOGUE
from mweek_contracts.json_schema import schema_of
from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from pydantic import Field

from tests.support.compatibility import misread, narrowed

RELEASED = Path(__file__).parent / "released"
TODAY = {entry.name: entry for entry in CATALOGUE}
EXAMPLES = sorted(RELEASED.glob("*/*.json"))
SCHEMAS = sorted(RELEASED.glob("*/schemas/*.json"))


def where(path: Path) -> str:
    """Return a test id such as `0.1.0/week-scheduled.v1`."""
    return path.relative_to(RELEASED).as_posix().removesuffix(".json").replace("schemas/", "")


def test_every_message_of_a_release_is_kept_with_its_schema() -> None:
    for release in RELEASED.iterdir():
        names = {path.name for path in release.glob("*.json")}
        assert names == {path.name for path in release.glob("schemas/*.json")}
        assert {f"{entry.name}.json" for entry in CATALOGUE if entry.since == release.name} <= names


def test_the_first_release_is_there() -> None:
    assert {where(path).partition("/")[0] for path in EXAMPLES} >= {"0.1.0"}


@pytest.mark.parametrize("path", EXAMPLES, ids=where)
def test_released_example_is_read_by_todays_class_and_means_the_same(path: Path) -> None:
    entry = TODAY[path.stem]
    assert misread(entry.message, path.read_bytes()) == []
    message = entry.message.model_validate_json(path.read_bytes(), extra="ignore")
    assert read_message(message.subject, path.read_bytes()) == message


@pytest.mark.parametrize("path", SCHEMAS, ids=where)
def test_todays_schema_accepts_what_the_released_one_did(path: Path) -> None:
    assert narrowed(json.loads(path.read_text(encoding="utf-8")), schema_of(TODAY[path.stem])) == []


class Released(Message):
    """What a message once was; the classes below are what might become of it."""

    name: str
    count: Annotated[int, Field(ge=0, le=100)] = 0
    colour: Literal["red", "green"] = "red"
    tags: tuple[str, ...] = ()


BODY = json.dumps(
    {"message_id": "m-1", "causation_id": None, "correlation_id": "m-1", "occurred_at": "2026-11-23T08:00:00Z"}
    | {"name": "acme03", "count": 70, "colour": "green", "tags": ["a"]}
).encode()


class WithMore(Message):
    name: str
    count: Annotated[int, Field(ge=-5, le=200)] = 0
    colour: Literal["red", "green", "blue"] = "red"
    tags: tuple[str, ...] = ()
    more: str | None = None


class WithoutTags(Message):
    name: str
    count: Annotated[int, Field(ge=0, le=100)] = 0
    colour: Literal["red", "green"] = "red"


class Renamed(Message):
    machine: str = "unknown"
    count: Annotated[int, Field(ge=0, le=100)] = 0
    colour: Literal["red", "green"] = "red"
    tags: tuple[str, ...] = ()


class NewlyRequired(Message):
    name: str
    more: str
    count: Annotated[int, Field(ge=0, le=100)] = 0
    colour: Literal["red", "green"] = "red"
    tags: tuple[str, ...] = ()


class NarrowerNumber(Message):
    name: str
    count: Annotated[int, Field(ge=0, le=50)] = 0
    colour: Literal["red", "green"] = "red"
    tags: tuple[str, ...] = ()


class OtherType(Message):
    name: str
    count: str = ""
    colour: Literal["red", "green"] = "red"
    tags: tuple[str, ...] = ()


class FewerCodes(Message):
    name: str
    count: Annotated[int, Field(ge=0, le=100)] = 0
    colour: Literal["red"] = "red"
    tags: tuple[str, ...] = ()


BROKEN: dict[type[Message], tuple[list[str], list[str]]] = {
    WithoutTags: (["body.tags: is no longer read"], ["body.tags: is removed"]),
    Renamed: (["body.name: is no longer read"], ["body.name: is removed"]),
    NewlyRequired: (["more: Field required"], ["body.more: is newly required"]),
    NarrowerNumber: (
        ["count: Input should be less than or equal to 50"],
        ["body.count: maximum was 100, is 50"],
    ),
    OtherType: (["count: Input should be a valid string"], ["body.count: was integer, is string"]),
    FewerCodes: (["colour: Input should be 'red'"], ["body.colour: was ['red', 'green'], is one of ['red']"]),
}


@pytest.mark.parametrize("today", BROKEN, ids=lambda model: model.__name__)
def test_breaking_change_is_caught_by_the_old_example_and_by_the_old_schema(today: type[Message]) -> None:
    by_example, by_schema = BROKEN[today]
    assert misread(today, BODY) == by_example
    assert narrowed(Released.model_json_schema(), today.model_json_schema()) == by_schema


@pytest.mark.parametrize("today", [Released, WithMore])
def test_more_fields_codes_and_room_break_nothing(today: type[Message]) -> None:
    assert misread(today, BODY) == []
    assert narrowed(Released.model_json_schema(), today.model_json_schema()) == []


def test_default_that_hides_a_removed_value_is_caught() -> None:
    class Doubled(Message):
        name: str
        count: int = 0
        colour: Literal["red", "green"] = "red"
        tags: tuple[str, ...] = ()

        def model_post_init(self, _context: Any) -> None:
            object.__setattr__(self, "count", self.count * 2)

    assert misread(Doubled, BODY) == ["body.count: 70 is read as 140"]


Change = Callable[[dict[str, Any]], None]
ALTERATIONS: dict[str, tuple[Change, str]] = {
    "a field of a value is removed": (
        lambda s: s["$defs"]["AssignedWindow"]["properties"].pop("affects"),
        "body.windows.items.affects: is removed",
    ),
    "a field of a value is newly required": (
        lambda s: s["$defs"]["AssignedWindow"]["required"].append("customer"),
        "body.windows.items.customer: is newly required",
    ),
    "a code is gone": (
        lambda s: s["$defs"]["PlacementCode"]["enum"].remove("sample"),
        "body.windows.items.reason: was ",
    ),
    "a list may hold fewer": (
        lambda s: s["properties"]["windows"].update(maxItems=100),
        "body.windows: maxItems was 500, is 100",
    ),
    "a list may no longer be empty": (
        lambda s: s["properties"]["unplaced"].update(minItems=1),
        "body.unplaced: minItems was -inf, is 1",
    ),
    "null is no longer accepted": (
        lambda s: s["properties"].update(causation_id={"type": "string"}),
        "body.causation_id: no longer accepts null",
    ),
    "an id has another form": (
        lambda s: s["properties"]["plan_id"].update(pattern="^[0-9]+$"),
        "body.plan_id: pattern was ",
    ),
    "a time is now a number": (
        lambda s: s["properties"].update(occurred_at={"type": "integer"}),
        "body.occurred_at: was string, is integer",
    ),
    "a value of a map is narrower": (
        lambda s: s["$defs"]["AssignedWindow"]["properties"]["facts"].update(additionalProperties={"type": "string"}),
        "body.windows.items.facts.additionalProperties: no longer accepts ",
    ),
    "unknown fields are refused": (
        lambda s: s.update(additionalProperties=False),
        "body: newly refuses unknown fields",
    ),
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_alteration_of_a_real_schema_is_caught(alteration: str) -> None:
    change, sentence = ALTERATIONS[alteration]
    old = schema_of(TODAY["windows-assigned.v1"])
    new = deepcopy(old)
    change(new)
    assert narrowed(old, old) == []
    found = narrowed(old, new)
    assert found
    assert all(difference.startswith(sentence) for difference in found), found
