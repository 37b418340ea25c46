"""Makes a typed value of a part of a document, or says everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from mweek_contracts.strictness import Place, unknown_fields
from mweek_contracts.wording import problems_in

Model = TypeVar("Model", bound=BaseModel)
Problems = list[tuple[Place, str]]


def read_value(model: type[Model], data: object) -> tuple[Model | None, Problems]:
    """Return the value and no problems, or None and all problems with their places.

    The data goes through JSON, because of the two ways in which strict models read it is the one that knows what a
    document can say: lists for tuples, texts for times and for enumerations, and nothing else instead of anything.
    """
    problems: Problems = list(unknown_fields(model, data))
    known = {place for place, _ in problems}
    try:
        value = model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        broken = [(place, "contains half of a surrogate pair, which is no character") for place in _broken(data)]
        problems += broken or [item for item in problems_in(error) if item[0] not in known]
        return None, problems
    return (None, problems) if problems else (value, problems)


def _broken(data: object, place: Place = ()) -> Iterator[Place]:
    """Yield the places of texts that UTF-8 cannot carry; JSON can write them as escapes."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _broken(key, place)
            yield from _broken(value, (*place, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _broken(value, (*place, index))
    elif isinstance(data, str) and any("\ud800" <= character <= "\udfff" for character in data):
        yield place
