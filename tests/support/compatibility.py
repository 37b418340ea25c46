"""Tells whether what an older release said is still understood: reads its bodies, and compares schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

Schema = Mapping[str, Any]


def misread(model: type[BaseModel], body: bytes) -> list[str]:
    """Return what today's class does not read of an old body, or reads as something else; empty when all is well.

    Today's class may know more than the old body says; it may not know less.
    """
    try:
        today = model.model_validate_json(body, extra="ignore")
    except ValidationError as error:
        return [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
    return list(_lost(json.loads(body), json.loads(today.model_dump_json()), "body"))


def _lost(said: Any, understood: Any, place: str) -> Iterator[str]:
    if isinstance(said, dict) and isinstance(understood, dict):
        for key, value in said.items():
            if key in understood:
                yield from _lost(value, understood[key], f"{place}.{key}")
            else:
                yield f"{place}.{key}: is no longer read"
    elif isinstance(said, list) and isinstance(understood, list) and len(said) == len(understood):
        for index, (one, other) in enumerate(zip(said, understood, strict=True)):
            yield from _lost(one, other, f"{place}[{index}]")
    elif said != understood or type(said) is not type(understood):
        yield f"{place}: {said!r} is read as {understood!r}"


def narrowed(old: Schema, new: Schema) -> list[str]:
    """Return where a new JSON Schema accepts less than an old one, or has dropped what it said; empty when nowhere."""
    return list(_Comparison(old, new).differences(old, new, "body"))


_LOWER_IS_NARROWER = ("maximum", "maxLength", "maxItems", "maxProperties")
_HIGHER_IS_NARROWER = ("minimum", "minLength", "minItems", "minProperties")
_OTHER_IS_NARROWER = ("pattern", "format")
_UNBOUNDED = float("inf")


class _Comparison:
    """Compares two schemas with the definitions that each refers to."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old.get("$defs", {})
        self._new = new.get("$defs", {})

    def differences(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        if "anyOf" in old or "anyOf" in new:
            yield from self._alternatives(old, new, place)
            return
        if old.get("type") != new.get("type"):
            yield f"{place}: was {old.get('type')}, is {new.get('type')}"
            return
        yield from _values(old, new, place)
        yield from _bounds(old, new, place)
        if "properties" in old:
            yield from self._properties(old, new, place)
        for inner in ("items", "additionalProperties", "propertyNames"):
            if isinstance(old.get(inner), dict):
                yield from self.differences(old[inner], new.get(inner, {}), f"{place}.{inner}")

    def _alternatives(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        accepted = new.get("anyOf", [new])
        for one in old.get("anyOf", [old]):
            if not any(not list(self.differences(one, other, place)) for other in accepted):
                yield f"{place}: no longer accepts {_name(_resolved(one, self._old))}"

    def _properties(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        for name, field in old["properties"].items():
            if name in new.get("properties", {}):
                yield from self.differences(field, new["properties"][name], f"{place}.{name}")
            else:
                yield f"{place}.{name}: is removed"
        for name in new.get("required", ()):
            if name not in old.get("required", ()):
                yield f"{place}.{name}: is newly required"
        if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
            yield f"{place}: newly refuses unknown fields"


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    resolved = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "oneOf" in resolved:
        return {"anyOf": resolved["oneOf"]}
    return resolved


def _values(old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = _enumerated(old), _enumerated(new)
    if after is not None and (before is None or not set(before) <= set(after)):
        yield f"{place}: was {before or 'anything'}, is one of {after}"


def _enumerated(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _bounds(old: Schema, new: Schema, place: str) -> Iterator[str]:
    rules: tuple[tuple[tuple[str, ...], Callable[[Any, Any], bool], Any], ...] = (
        (_LOWER_IS_NARROWER, lambda before, after: after < before, _UNBOUNDED),
        (_HIGHER_IS_NARROWER, lambda before, after: after > before, -_UNBOUNDED),
        (_OTHER_IS_NARROWER, lambda before, after: after is not None and after != before, None),
    )
    for keywords, is_narrower, absent in rules:
        for keyword in keywords:
            before, after = old.get(keyword, absent), new.get(keyword, absent)
            if is_narrower(before, after):
                yield f"{place}: {keyword} was {before}, is {after}"


def _name(schema: Schema) -> str:
    return str(schema.get("title") or schema.get("const") or schema.get("type"))
