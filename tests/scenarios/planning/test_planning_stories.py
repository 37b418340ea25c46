"""Golden stories of planning: each file is read, played, and must come out word for word; `--accept` writes it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.planning.desk import play
from tests.support.golden import Golden

STORIES = sorted((Path(__file__).parent / "stories").glob("*.txt"))


def test_there_is_a_story_for_each_rule_and_compromise() -> None:
    assert len(STORIES) >= 12


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_story(file: Path, golden: Golden) -> None:
    golden.check(file, play(file.read_text(encoding="utf-8")))
