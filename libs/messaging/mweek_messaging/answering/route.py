"""What a service declares of the requests that it answers: a table of handlers, and how often a machine may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mweek_contracts.replies import Reply
from mweek_contracts.requests import Request
from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class AnswerRoute:
    """A request class and the bound handler that answers it.

    The handler is called in a worker thread, inside of a transaction that it shares with the requests that came at the
    same time, those of one location one after the other. The reply leaves after the commit. It may be called again for
    the same request, after a rollback: it must do nothing but read and write the database, and say messages.

    What it raises rolls back what it did, and nothing else; the machine is answered `not_ready` and asks again. So it
    is with `Postponed`, and with a reply whose refusal is `not_ready` or `too_many_requests`: nothing of it stands.
    """

    request: type[Request]
    handler: Callable[[Session, Any], Reply]
    anew: bool = False
    """Whether a repeated request is answered anew. Else it gets the first reply, byte for byte, for 90 days."""


@dataclass(frozen=True, slots=True)
class AskingRate:
    """How often one machine may ask, in real time: so many requests at once, and so many each second from then on."""

    at_once: int = 10
    each_second: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a rate at which nobody could ever ask."""
        if self.at_once < 1 or self.each_second <= 0:
            raise ValueError(f"a machine could never ask: {self}")


USUAL_RATE: Final = AskingRate()
"""A machine asks a handful of times around a window; renewing every few minutes is far below it."""


def usual_rate(_location: str) -> AskingRate:
    """Return the rate of every location whose policy says nothing of it."""
    return USUAL_RATE
