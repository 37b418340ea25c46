"""Finds fields that no model knows, in documents and commands, and says where in them a rule is broken.

A typo in what a person writes must not pass for a wish.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel

Place = tuple[str | int, ...]
"""The way from the top of a document or body to a part of it: keys and indices."""


MOST_COMPARED = 100
"""Fields of one mapping up to which each unknown one is compared with the known: a million would take a minute."""


class PlacedError(ValueError):
    """Rules over several fields are broken; each sentence has its place, counted from the model that raises this."""

    def __init__(self, *problems: tuple[Place, str]) -> None:
        """Remember the sentences and their places."""
        self.problems = problems
        super().__init__("; ".join(f"{render_place(place)}: {text}" if place else text for place, text in problems))


def render_place(place: Place) -> str:
    """Return a place as a person reads it: `machines[3].downtime_minutes`; empty for the whole."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_render_key(part)}" for part in place)
    return text.removeprefix(".")


def _render_key(key: str) -> str:
    """Quote a key that could be mistaken for something else: keys are written by whoever wrote the document."""
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else repr(key)


def unknown_fields(model: type[BaseModel], data: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield (place, sentence) of each key of `data`, at any depth, that the model has no field for.

    Args:
        data: what a document or a JSON body was parsed to; parts of unexpected shape are left to validation.
    """
    if not isinstance(data, Mapping):
        return
    known = _fields(model)
    for key, value in data.items():
        if key not in known:
            yield (*place, str(key)), unknown_field(str(key), tuple(known), suggest=len(data) <= MOST_COMPARED)
        elif (inner := known[key]) is not None:
            yield from _inside(inner, value, (*place, key))


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, type[BaseModel] | None]:
    """Return the fields of a model, each with the model inside it, where there is one."""
    return {name: next(_models(field.annotation), None) for name, field in model.model_fields.items()}


def _inside(model: type[BaseModel], value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, Mapping):
        yield from unknown_fields(model, value, place)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(value):
            yield from unknown_fields(model, item, (*place, index))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, tuple, list):
        for argument in get_args(annotation):
            yield from _models(argument)
    elif hasattr(annotation, "__metadata__"):
        yield from _models(get_args(annotation)[0])


def unknown_field(key: str, known: Sequence[str], *, suggest: bool = True) -> str:
    """Return the sentence that a field is not known, with the one that was probably meant."""
    close = get_close_matches(key, known, n=1) if suggest else []
    return f"unknown field {key!r}" + (f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}")
