"""How findings name a requested window."""

from __future__ import annotations

from mweek_auditor.domain.finding import span
from mweek_auditor.domain.windows.window import Grant


def named(grant: Grant) -> str:
    """Return a window as the beginning of a sentence that says what is wrong with it."""
    return (
        f"{grant.machine} was given {span(grant.time.opens_at, grant.time.closes_at)} (window {grant.window_id}), which"
    )


def counted(number: int, what: str) -> str:
    """Return `1 machine`, `2 machines`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
