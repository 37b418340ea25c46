"""Types the text of YAML and CSV by what the schema wants of each field, and by nothing else.

Whole numbers are plain decimals, truth values are `true` and `false`; what is neither stays text, for validation to
complain about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

Convert = Callable[[Any], Any]

_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,99})")
_TRUTH: Final = {"true": True, "false": False}


def typed(model: type[BaseModel], data: object) -> object:
    """Return the data with numbers and truth values where the model has such fields; its shape is left as it is."""
    if not isinstance(data, Mapping):
        return data
    converters = _converters(model)
    return {key: converters[key](value) if key in converters else value for key, value in data.items()}


@cache
def _converters(model: type[BaseModel]) -> Mapping[str, Convert]:
    found = {name: _converter(field.annotation) for name, field in model.model_fields.items()}
    return {name: convert for name, convert in found.items() if convert is not None}


def _converter(annotation: Any) -> Convert | None:
    """Return what turns text into the annotated type, or None where text is right."""
    if annotation is bool:
        return lambda value: _TRUTH.get(value, value) if isinstance(value, str) else value
    if annotation is int:
        return _to_int
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return lambda value: typed(annotation, value)
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple:
        return _each(_converter(arguments[0]))
    # Annotated, and unions: of ours, each has one member that is more than text.
    return next((convert for argument in arguments if (convert := _converter(argument)) is not None), None)


def _to_int(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # A truth value is kept apart, so that it can be called one where a number is expected.
    return int(value) if _WHOLE.fullmatch(value) else _TRUTH.get(value, value)


def _each(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda values: [convert(value) for value in values] if isinstance(values, list) else values
