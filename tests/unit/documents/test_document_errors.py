"""How errors of documents read, and that nothing but them ever leaves a reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mweek_contracts import rules
from mweek_contracts.documents import DocumentError, DocumentProblem, read_fleet, read_pattern

from tests.unit.documents.test_fleet_documents import CSV, YAML, as_json, as_json_lines

SUFFIXES = (".yaml", ".json", ".jsonl", ".csv")


def test_problem_reads_as_editors_like_it() -> None:
    """File, line, field, sentence."""
    problem = DocumentProblem("fleet.yaml", 17, "machines[3].downtime_minutes", "is a truth value")
    assert str(problem) == "fleet.yaml:17: machines[3].downtime_minutes: is a truth value"


def test_problem_of_the_whole_file_has_no_line() -> None:
    """What is not there has none."""
    assert str(DocumentProblem("fleet.yaml", None, "", "is empty")) == "fleet.yaml: is empty"


def test_error_lists_problems_by_line_and_counts_those_after_a_hundred() -> None:
    """All of them stay with the error."""
    problems = [DocumentProblem("a.csv", line, "name", "is missing") for line in range(250, 0, -1)]
    error = DocumentError(problems)
    lines = str(error).splitlines()
    assert lines[0] == "a.csv:1: name: is missing"
    assert lines[100:] == ["… and 150 more"]
    assert len(error.problems) == 250


def test_missing_file_is_an_error_of_the_document(tmp_path: Path) -> None:
    """Whoever wrote the command wants the same kind of answer."""
    file = tmp_path / "fleet.yaml"
    with pytest.raises(DocumentError, match=r"fleet\.yaml: cannot be read: No such file or directory$"):
        read_fleet(file)


def test_folder_is_an_error_of_the_document(tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "fleet.yaml").mkdir()
    with pytest.raises(DocumentError, match=r"cannot be read: Is a directory$"):
        read_fleet(tmp_path / "fleet.yaml")


def test_file_above_the_limit_is_not_read_and_told_what_may_be_larger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything looks into it."""
    monkeypatch.setitem(rules.LARGEST_FLEET_FILE, ".yaml", 2**20)
    file = tmp_path / "fleet.yaml"
    file.write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(
        DocumentError, match=r"is larger than 1 MiB: \.yml or \.json or \.jsonl or \.csv may be larger$"
    ):
        read_fleet(file)


def refusal(read: Callable[[], object]) -> DocumentError | None:
    """Return the error of a reading, or None; whatever else is raised fails the test."""
    try:
        read()
    except DocumentError as error:
        return error
    return None


def read_or_refuse(name: str, text: str) -> None:
    """Read a text as a fleet and as a pattern: each way it is good, or there is an error that can be printed."""
    for error in (
        refusal(lambda: read_fleet((name, text), location="rzob")),
        refusal(lambda: read_pattern((name, text))),
    ):
        assert error is None or (error.problems and str(error).encode())


@given(suffix=st.sampled_from(SUFFIXES), text=st.text())
@example(suffix=".json", text='{"":{"":[]}}')
@example(suffix=".yaml", text="? \n")
@example(suffix=".csv", text='"\0",kind\n')
def test_any_text_is_read_or_refused(suffix: str, text: str) -> None:
    """Lone surrogates and control characters included."""
    read_or_refuse(f"any{suffix}", text)


WRITTEN = {".yaml": YAML, ".json": as_json(), ".jsonl": as_json_lines(), ".csv": CSV}
ODD = st.sampled_from(
    [
        '"',
        "'",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\n",
        "\t",
        "\0",
        "&a ",
        "*a",
        "!!str ",
        "<<: ",
        "---\n",
        "~",
        "1e999",
        "NaN",
    ]
)


@given(suffix=st.sampled_from(SUFFIXES), data=st.data())
def test_any_damage_to_a_good_document_is_read_or_refused(suffix: str, data: st.DataObject) -> None:
    """A piece cut out, and something odd put there."""
    text = WRITTEN[suffix]
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 20)))
    read_or_refuse(f"damaged{suffix}", text[:begin] + data.draw(ODD | st.text(max_size=3)) + text[end:])


@given(suffix=st.sampled_from(SUFFIXES), content=st.binary())
def test_any_bytes_are_read_or_refused(suffix: str, content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """As they lie on a disk."""
    file = tmp_path_factory.getbasetemp() / f"bytes{suffix}"
    file.write_bytes(content)
    error = refusal(lambda: read_fleet(file, location="rzob"))
    assert error is None or error.problems


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["machines", "name", "labels"]), inner),
)


@given(value=json_values)
def test_any_json_is_read_or_refused(value: object) -> None:
    """Shapes that no fleet and no pattern has."""
    read_or_refuse("any.json", json.dumps(value))
    read_or_refuse("any.jsonl", json.dumps({"machine": value}))
