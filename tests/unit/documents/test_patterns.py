"""The patterns that come with the product, and patterns as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from mweek_contracts.documents import DocumentError, built_in_pattern, built_in_patterns, read_pattern
from mweek_contracts.fleet import Environment
from mweek_contracts.pattern import Entry, Pattern, PatternPhase, Selector, Take, length, opens_offset

WRITTEN = """\
pattern: mine
phases:
  - name: monday
    opens: mon 09:00
    lasts: 4h30m
    takes:
      - {select: {role: storage, environment: internal, tested: false}, share: 12.5%, prefer: untested}
      - {select: {labels: {rack: 07}}, count: 3}
"""

READ = Pattern(
    pattern="mine",
    phases=(
        PatternPhase(
            name="monday",
            opens="mon 09:00",
            lasts="4h30m",
            takes=(
                Entry(
                    select=Selector(role=("storage",), environment=(Environment.INTERNAL,), tested=False),
                    share="12.5%",
                    prefer="untested",
                ),
                Entry(select=Selector(labels={"rack": "07"}), count=3),
            ),
        ),
    ),
)


def test_pattern_is_read_as_it_was_meant() -> None:
    """Numbers are numbers, one role is a list of one, and a label is a text."""
    assert read_pattern(("mine.yaml", WRITTEN)) == READ


def test_pattern_may_be_json() -> None:
    """As a command carries it inline."""
    assert read_pattern(("mine.json", READ.model_dump_json())) == READ


def test_one_few_many_is_the_articles_week() -> None:
    """Openings of the article, lengths of the design."""
    pattern = built_in_pattern("one-few-many")
    assert pattern is not None
    assert [(phase.name, phase.opens, phase.lasts) for phase in pattern.phases] == [
        ("monday-0900", "mon 09:00", "4h"),
        ("monday-1300", "mon 13:00", "4h"),
        ("monday-1700", "mon 17:00", "5h"),
        ("tuesday-1700", "tue 17:00", "5h"),
        ("wednesday-1700", "wed 17:00", "5h"),
        ("thursday-1700", "thu 17:00", "5h"),
        ("saturday-0900", "sat 09:00", "4h"),
        ("saturday-1300", "sat 13:00", "4h"),
    ]
    assert pattern.remainder == "thursday-1700"
    assert [len(phase.takes) for phase in pattern.phases] == [1, 2, 2, 3, 2, 2, 1, 1]
    assert pattern.phases[0].takes == (
        Entry(select=Selector(role=("automation", "monitoring", "build")), take=Take.ALL),
    )


@pytest.mark.parametrize("name", built_in_patterns())
def test_built_in_pattern_has_its_file_name_and_its_phases_say_when_they_open(name: str) -> None:
    """The name of a phase stands in mails and on dashboards."""
    pattern = built_in_pattern(name)
    assert pattern is not None
    assert pattern.pattern == name
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for phase in pattern.phases:
        offset = opens_offset(phase.opens)
        hours, minutes = divmod(offset.seconds // 60, 60)
        assert phase.name == f"{days[offset.days]}-{hours:02d}{minutes:02d}"
        assert length(phase.lasts).total_seconds() >= 4 * 3600


@pytest.mark.parametrize(
    "name", ["", "none", "../one-few-many", "one-few-many.yaml", "a/b", "ONE-FEW-MANY", "\0", "x" * 300]
)
def test_pattern_that_does_not_come_with_the_product_is_none(name: str) -> None:
    """The name comes from a command: it must not lead to a file elsewhere."""
    assert built_in_pattern(name) is None


def test_pattern_from_a_path_names_the_path_in_its_errors(tmp_path: Path) -> None:
    """So that an editor can jump there."""
    file = tmp_path / "mine.yaml"
    file.write_text(WRITTEN.replace("mon 09:00", "mon 9:00"))
    with pytest.raises(DocumentError) as caught:
        read_pattern(file)
    assert str(caught.value) == (f"{file}:4: phases[0].opens: 'mon 9:00' is not a day and UTC time such as 'tue 17:00'")
