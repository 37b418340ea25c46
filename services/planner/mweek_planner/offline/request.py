"""What is asked of planning from files, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from mweek_planner.domain.pattern import Pattern
from mweek_planner.domain.plan import NO_OVERRIDES, Overrides

DEFAULT_PATTERN: Final = "one-few-many"


class OfflineRequest(NamedTuple):
    """What to plan from which files. `pattern` is a file, or the name of a pattern that comes with the product."""

    fleet: str
    location: str
    week: str
    now: datetime
    pattern: str = DEFAULT_PATTERN
    history: str | None = None
    overrides: Overrides = NO_OVERRIDES


class WrittenPattern(NamedTuple):
    """A pattern as planning sees it, and as it was written."""

    pattern: Pattern
    document: Mapping[str, Any]


class UnusableFileError(Exception):
    """A file cannot be used; the message has everything that is wrong with it."""
