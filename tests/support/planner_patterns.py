"""Patterns for tests of the planner: as values, and as files of an operator."""

from __future__ import annotations

from pathlib import Path

from mweek_contracts.pattern import Entry, Pattern, PatternPhase, Selector, Take

EVERYTHING = (Entry(select=Selector(), take=Take.ALL),)
ROUTERS = (Entry(select=Selector(role=("router",)), take=Take.ALL),)

ALL_ON_MONDAY = Pattern(
    pattern="all-on-monday", phases=(PatternPhase(name="monday", opens="mon 09:00", lasts="4h", takes=EVERYTHING),)
)
TWO_DAYS = Pattern(
    pattern="two-days",
    phases=(
        PatternPhase(name="monday", opens="mon 09:00", lasts="4h", takes=EVERYTHING),
        PatternPhase(name="tuesday", opens="tue 09:00", lasts="4h", takes=EVERYTHING),
    ),
)
ONLY_ROUTERS = Pattern(
    pattern="only-routers", phases=(PatternPhase(name="monday", opens="mon 09:00", lasts="4h", takes=ROUTERS),)
)

_ONE_THEN_ALL = """\
pattern: one-then-all
phases:
  - name: monday
    opens: mon 09:00
    lasts: 4h
    takes: [{select: {}, count: 1}]
  - name: thursday
    opens: thu 09:00
    lasts: 4h
    takes: [{select: {}, take: remainder}]
"""
_BROKEN = """\
pattern: broken
phases:
  - name: monday
    opens: someday
    lasts: 4h
"""


def write_patterns(folder: Path) -> Path:
    """Write an operator's pattern files, one of them broken, and return their directory."""
    folder.mkdir()
    (folder / "one-then-all.yaml").write_text(_ONE_THEN_ALL)
    (folder / "broken.yaml").write_text(_BROKEN)
    return folder
