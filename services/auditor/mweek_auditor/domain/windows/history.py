"""What a record said at any time, and what is sure about it: windows are judged by the records they were made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, Generic, TypeVar

from mweek_auditor.domain.windows.window import Position

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Version(Generic[Item]):
    """What a record said from some message on: one after `after`, `upto` at the latest. None: it was removed.

    `since` is when this auditor heard that it replaced another version; None for the first one.
    """

    item: Item | None
    after: Position
    upto: Position
    revision: int = 1
    since: datetime | None = None


class Unsure:
    """It is not known what a record said."""


UNSURE: Final = Unsure()


@dataclass(frozen=True)
class History(Generic[Item]):
    """All that is still known of one record, the newest first; empty where there never was any."""

    versions: Sequence[Version[Item]] = ()

    @property
    def now(self) -> Item | None:
        """What it says now."""
        return self.versions[0].item if self.versions else None

    def at(self, position: Position) -> Item | Unsure | None:
        """Return what it said up to a position of the stream; None where there was none."""
        for version in self.versions:
            if version.upto <= position:
                return version.item
            if version.after < position:  # it came in a batch that reaches over the position
                return UNSURE
        # The stream keeps the last record alone: what was first heard of as a change may have been there before.
        return UNSURE if self.versions and self.versions[-1].revision > 1 else None

    def is_settled(self, now: datetime, patience: timedelta) -> bool:
        """Return whether it has been so for long enough, that whoever acts on a change has had the time to."""
        since = self.versions[0].since if self.versions else None
        return since is None or since + patience <= now

    def steady(self, read: Callable[[Item], str | None]) -> str | None:
        """Return what all known versions agree on; None where they do not, or where there is none."""
        said = {read(version.item) for version in self.versions if version.item is not None}
        return next(iter(said)) if len(said) == 1 else None

    @cached_property
    def ever(self) -> tuple[Item, ...]:
        """All that it ever said."""
        return tuple(version.item for version in self.versions if version.item is not None)
