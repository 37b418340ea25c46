"""Finds fields that no model knows, in documents and commands, and says where in them a rule is broken.

A typo in what a person writes must not pass for a wish.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel

Place = tuple[str | int, ...]
"""The way from the top of a document or body to a part of it: keys and indices."""


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
    for key, value in data.items():
        field = model.model_fields.get(key) if isinstance(key, str) else None
        if field is None:
            yield (*place, str(key)), _sentence(str(key), tuple(model.model_fields))
        else:
            yield from _inside(field.annotation, value, (*place, str(key)))


def _inside(annotation: object, value: object, place: Place) -> Iterator[tuple[Place, str]]:
    models = tuple(_models(annotation))
    if not models:
        return
    if isinstance(value, Mapping):
        yield from unknown_fields(models[0], value, place)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(value):
            yield from unknown_fields(models[0], item, (*place, index))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, tuple, list):
        for argument in get_args(annotation):
            yield from _models(argument)
    elif hasattr(annotation, "__metadata__"):
        yield from _models(get_args(annotation)[0])


def _sentence(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key, known, n=1)
    return f"unknown field {key!r}" + (f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}")
