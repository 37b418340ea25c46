"""That lines are right wherever in a document something stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.documents.json_text import read_json
from mweek_contracts.documents.source import SourceText
from mweek_contracts.documents.yaml_text import read_yaml

keys = st.text("abc", min_size=1, max_size=3) | st.sampled_from(["", 'q"uote', "ü", "a\\b", "x:y", "{", "]"])
values = st.recursive(
    st.text("ab\n:{}[],\"'\\é", max_size=5) | st.integers(-9, 9) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def lines_by_indentation(
    value: object, place: tuple[str | int, ...], line: int
) -> tuple[dict[tuple[str | int, ...], int], int]:
    """Return the line of each place of a value that `json.dumps(indent=1)` wrote from a line on, and its last line."""
    found = {place: line}
    parts = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, part in parts:
        inside, line = lines_by_indentation(part, (*place, key), line + 1)
        found |= inside
    return found, line + 1 if parts else line


@given(value=values)
def test_lines_of_json_are_where_its_writer_put_them(value: object) -> None:
    """Texts with brackets, quotes and escaped line breaks do not move them."""
    document = read_json(SourceText("a.json", ".json", json.dumps(value, indent=1)))
    expected, _ = lines_by_indentation(value, (), 1)
    assert {place: document.line_of(place) for place in expected} == expected


@given(value=values)
def test_yaml_reads_the_lines_of_json_alike(value: object) -> None:
    """JSON is YAML, as far as it goes."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    document = read_yaml(SourceText("a.yaml", ".yaml", text))
    expected, _ = lines_by_indentation(value, (), 1)
    assert {place: document.line_of(place) for place in expected} == expected


def test_yaml_names_the_line_of_the_key() -> None:
    """The value of a block begins a line later."""
    document = read_yaml(SourceText("a.yaml", ".yaml", "a:\n  - b\n  - c:\n      d\n# end\ne: |\n  long\n"))
    places = [("a",), ("a", 0), ("a", 1, "c"), ("e",), ("e", "none"), ("a", 7), ()]
    assert [document.line_of(place) for place in places] == [1, 2, 3, 6, 6, 1, 1]


@pytest.mark.parametrize("text", ["a: 1", "'a': 1", '"a": 1', "{a: 1}", "? a\n: 1"])
def test_yaml_reads_keys_however_they_are_written(text: str) -> None:
    """Quoted, in flow, or the long way."""
    assert read_yaml(SourceText("a.yaml", ".yaml", text)).data == {"a": "1"}
