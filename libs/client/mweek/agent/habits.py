"""How the agent behaves where the planner leaves it a choice: pauses, patience, and who it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

OWN: Final = "agent-"
"""Begins the ids of the agent's requests: it knows its windows again by them when its state is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The judgements in it are the field's, where it has any (docs/agents.md says which)."""

    location: str
    machine: str
    new_id: Callable[[], str]
    look_every: timedelta = timedelta(minutes=10)
    """How often an agent with nothing to wait for looks again."""
    again_after: timedelta = timedelta(minutes=1)
    """Between two tries of what said 75: a cluster that heals takes minutes, and a window is short."""
    rest: timedelta = timedelta(hours=8)
    """No new window sooner for a task that was in one: whatever was wrong at night is not right an hour later, and a
    reboot that does not satisfy whoever asked for it must not become a loop. Eight hours is what the field does."""
    most_postponements: int = 3
    """In a row; the next one counts as a failure. A guard that never passes must page somebody."""
    reboot_minutes: int = 5
    """What a reboot takes at least: it is not begun with less time left."""
    reboot_patience: timedelta = timedelta(minutes=10)
    """A machine that runs on for so long after it was told to reboot does not reboot."""
    first_pause: timedelta = timedelta(minutes=15)
    """After a refusal; doubles with each one in a row."""
    longest_pause: timedelta = timedelta(hours=12)

    def new_request_id(self) -> str:
        """Return an id for a request of a window, which no other has."""
        return f"{OWN}{self.new_id()}"
