"""Patterns by name: an operator's own before those of the product."""

from __future__ import annotations

from pathlib import Path

import pytest
from mweek_contracts.documents import built_in_pattern
from mweek_contracts.pattern import Pattern
from mweek_planner.interfaces import UnknownPattern
from mweek_planner.storage.patterns import PatternDirectory

MINE = "pattern: one-few-many\nphases:\n  - {name: sunday, opens: sun 09:00, lasts: 4h}\n"


def test_pattern_of_the_product_needs_no_directory() -> None:
    assert PatternDirectory(None).find("one-few-many") == built_in_pattern("one-few-many")


def test_operators_pattern_goes_before_that_of_the_product(tmp_path: Path) -> None:
    (tmp_path / "one-few-many.yaml").write_text(MINE)
    found = PatternDirectory(tmp_path).find("one-few-many")
    assert isinstance(found, Pattern)
    assert [phase.name for phase in found.phases] == ["sunday"]


def test_changed_file_is_read_anew(tmp_path: Path) -> None:
    patterns = PatternDirectory(tmp_path)
    assert isinstance(patterns.find("mine"), UnknownPattern)
    (tmp_path / "mine.yaml").write_text(MINE)
    assert isinstance(patterns.find("mine"), Pattern)


def test_unknown_name_is_told_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINE)
    assert PatternDirectory(tmp_path).find("nonesuch") == UnknownPattern(
        text="there is no pattern named nonesuch; this planner has mine, one-few-many"
    )


@pytest.mark.parametrize("content", [b"pattern: [", b"\xff\xfe", b"", MINE.encode() * 2], ids=repr)
def test_wrong_file_is_told_with_its_name_and_never_its_directory(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.yaml").write_bytes(content)
    found = PatternDirectory(tmp_path).find("mine")
    assert isinstance(found, UnknownPattern)
    assert found.text.startswith("the pattern mine cannot be used: mine.yaml")
    assert found.problems
    assert str(tmp_path) not in repr(found)
