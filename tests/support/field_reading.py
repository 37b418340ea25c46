"""Reads single fields strictly, as every message does, and gives the reason of a refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter, ValidationError


def reader(kind: Any) -> TypeAdapter[Any]:
    """Return what reads a field of this type, strictly, as every message does."""
    return TypeAdapter(kind, config=ConfigDict(strict=True))


def read(kind: Any, value: object) -> Any:
    """Return what a field of this type makes of a JSON value."""
    return reader(kind).validate_json(json.dumps(value))


def refusal(kind: Any, value: object) -> str:
    """Return why a field of this type refuses a JSON value."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    return str(caught.value.errors()[0]["msg"]).removeprefix("Value error, ")
