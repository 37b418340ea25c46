"""Golden stories: what the auditor says of good weeks and of spoilt ones, word for word.

A story is a script, `NAME.story`; what it says is beside it in `NAME.transcript`. `pytest --accept` writes the
transcripts anew: read every one before you commit it. The steps are listed in tests/support/audit_story/steps.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audit_story import StoryError, perform
from tests.support.golden import Golden

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.story"))
SMALL_FLEET = """fleet:
  location: whq
  machines:
    - {name: mon01, kind: virtual, role: monitoring, environment: production}
"""


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_the_auditor_says_what_the_transcript_has(story: Path, golden: Golden, tmp_path: Path) -> None:
    golden.check(story.with_suffix(".transcript"), perform(story, tmp_path))


def test_every_transcript_is_of_a_story() -> None:
    assert sorted(file.stem for file in HERE.glob("*.transcript")) == [story.stem for story in STORIES]


@pytest.mark.parametrize(
    ("script", "line", "problem"),
    [
        ("forgive acme01\n", 1, "`forgive acme01` is no step of a story"),
        ("# spoilt\n\nthe reference fleet\ndrop acme01\n", 4, "there is no plan yet"),
        (SMALL_FLEET + "retire mon02\n", 5, "no record knows a machine mon02"),
        (SMALL_FLEET + "plan at 2026-11-23T08:00Z:\n  mon01 sunday\n", 5, "the pattern has no phase sunday"),
        (SMALL_FLEET + "plan at 2026-11-23T08:00Z:\n  mon01 monday-0900 late\n", 5, "is no window such as"),
        (SMALL_FLEET + "plan at noon:\n  mon01 monday-0900\n", 5, "noon is no time"),
        ("fleet:\n  location: whq\n  machines:\n    - {name: mon01}\n", 1, "kind"),
        ("the reference fleet\n  drop acme01\n", 1, "below one that ends with a colon"),
        ("fleet:\nweek 2026-W49\n", 1, "below one that ends with a colon"),
        ("week 2026-W60\nplan at 2026-11-23T08:00Z:\n  mon01 monday-0900\n", 2, "no ISO week 60"),
    ],
)
def test_a_wrong_line_is_an_error_with_file_and_line(script: str, line: int, problem: str, tmp_path: Path) -> None:
    story = tmp_path / "wrong.story"
    story.write_text(script, encoding="utf-8")
    with pytest.raises(StoryError) as caught:
        perform(story, tmp_path)
    assert str(caught.value).startswith(f"{story}:{line}: ")
    assert problem in str(caught.value)
