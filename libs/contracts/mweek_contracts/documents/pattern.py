"""Reads the pattern of a week, from a file of an operator or from those that come with the product."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from mweek_contracts.documents.json_text import read_json
from mweek_contracts.documents.scalars import typed
from mweek_contracts.documents.schema import read_value
from mweek_contracts.documents.source import Source, read_source
from mweek_contracts.documents.yaml_text import read_yaml
from mweek_contracts.fields import TOKEN_PATTERN
from mweek_contracts.pattern import Pattern
from mweek_contracts.rules import MEBIBYTE

LARGEST: Final = {".yaml": MEBIBYTE, ".yml": MEBIBYTE, ".json": MEBIBYTE}
"""Bytes of a pattern: it has at most 100 phases of 100 entries."""

_BUILT_IN: Final = files("mweek_contracts").joinpath("patterns")


def read_pattern(source: Source) -> Pattern:
    """Read a pattern file.

    Args:
        source: a path, or (name, text); the suffix (.yaml, .yml, .json) says the format.

    Raises:
        DocumentError: with everything that is wrong.
    """
    text = read_source(source, LARGEST)
    log = text.log()
    document = read_json(text) if text.suffix == ".json" else read_yaml(text)
    pattern, problems = read_value(Pattern, document.data if text.suffix == ".json" else typed(Pattern, document.data))
    for place, sentence in problems:
        log.add(sentence, line=document.line_of(place), place=place)
    if pattern is None:
        raise log.error()
    return pattern


@cache
def built_in_pattern(name: str) -> Pattern | None:
    """Return the pattern of this name that comes with the product, or None where there is none."""
    file = _BUILT_IN.joinpath(f"{name}.yaml")
    if not re.fullmatch(TOKEN_PATTERN, name) or not file.is_file():
        return None
    return read_pattern((f"{name}.yaml", file.read_text(encoding="utf-8")))


def built_in_patterns() -> tuple[str, ...]:
    """Return the names of the patterns that come with the product."""
    return tuple(sorted(file.name.removesuffix(".yaml") for file in _BUILT_IN.iterdir() if file.name.endswith(".yaml")))
