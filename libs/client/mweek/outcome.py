"""What a command led to, where it is neither a plan nor an import: a refusal, which is an answer and no error."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_contracts.events import CommandRefusedV1, FleetRefusedV1, Problem, WeekRefusedV1
from mweek_contracts.reasons import RefusalCode

INVALID_FLEET = "invalid-fleet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A command was not carried out; nothing has changed."""

    code: str
    """A `RefusalCode`, or `invalid-fleet` for an import."""
    text: str
    machines: tuple[str, ...] = ()
    """The machines that it is about, e.g. those that no phase takes."""
    problems: tuple[Problem, ...] = ()
    """What is wrong and where, e.g. in an inline pattern."""
    earliest_week: str | None = None
    """The first week that would not be refused for its notice."""


def refusal_of(event: WeekRefusedV1 | FleetRefusedV1 | CommandRefusedV1) -> Refusal:
    """Return what a refusing event says."""
    match event:
        case WeekRefusedV1():
            return Refusal(
                code=event.code,
                text=event.text,
                machines=event.machines,
                problems=event.problems,
                earliest_week=event.earliest_week,
            )
        case FleetRefusedV1():
            return Refusal(code=INVALID_FLEET, text=event.text, problems=event.problems)
        case CommandRefusedV1():
            return Refusal(code=RefusalCode.INVALID_COMMAND, text=event.text, problems=event.problems)
