"""The Python client of Maintenance Week, and the `mweek` command line.

Names are loaded when they are first used: `mweek --help` should not wait for the bus libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mweek.client import Client
    from mweek.dead import DeadLetter, Replay
    from mweek.difference import difference
    from mweek.errors import (
        ClientError,
        InvalidCommandError,
        NotPreparedError,
        NotReachableError,
        OutcomeTimeoutError,
        SupersededError,
        UnansweredQuestionError,
        UnansweredRequestError,
        UnknownDeadLetterError,
        UnknownMachineError,
        UnknownRequestError,
        UnknownRevisionError,
        VerdictTimeoutError,
    )
    from mweek.explanation import Explanation
    from mweek.fleet import FleetView
    from mweek.hearing import Heard
    from mweek.outcome import Refusal
    from mweek.week import Cancellation, PlanChanges, Revision, Step, WeekView
    from mweek.window_explanation import WindowExplanation

_HOMES = {
    "Cancellation": "week",
    "Client": "client",
    "ClientError": "errors",
    "DeadLetter": "dead",
    "Explanation": "explanation",
    "FleetView": "fleet",
    "Heard": "hearing",
    "InvalidCommandError": "errors",
    "NotPreparedError": "errors",
    "NotReachableError": "errors",
    "OutcomeTimeoutError": "errors",
    "PlanChanges": "week",
    "Refusal": "outcome",
    "Replay": "dead",
    "Revision": "week",
    "Step": "week",
    "SupersededError": "errors",
    "UnknownDeadLetterError": "errors",
    "UnknownRevisionError": "errors",
    "VerdictTimeoutError": "errors",
    "WeekView": "week",
    "difference": "difference",
    "UnansweredQuestionError": "errors",
    "UnansweredRequestError": "errors",
    "UnknownMachineError": "errors",
    "UnknownRequestError": "errors",
    "WindowExplanation": "window_explanation",
}

__all__ = [
    "Cancellation",
    "Client",
    "ClientError",
    "DeadLetter",
    "Explanation",
    "FleetView",
    "Heard",
    "InvalidCommandError",
    "NotPreparedError",
    "NotReachableError",
    "OutcomeTimeoutError",
    "PlanChanges",
    "Refusal",
    "Replay",
    "Revision",
    "Step",
    "SupersededError",
    "UnansweredQuestionError",
    "UnansweredRequestError",
    "UnknownDeadLetterError",
    "UnknownMachineError",
    "UnknownRequestError",
    "UnknownRevisionError",
    "VerdictTimeoutError",
    "WeekView",
    "WindowExplanation",
    "difference",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mweek' has no attribute {name!r}")
    return getattr(import_module(f"mweek.{_HOMES[name]}"), name)
