"""The replies that the library gives by itself: refusals, in the reply class of what was asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mweek_contracts.catalogue import REQUESTS
from mweek_contracts.replies import Refusal, Reply
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import Request

_REPLIES: Final = {entry.message: entry.reply for entry in REQUESTS}

RETRIED: Final = frozenset({RequestRefusalCode.NOT_READY, RequestRefusalCode.TOO_MANY_REQUESTS})
"""With these nothing was decided: the same request is asked again, and must then be decided."""
LATER: Final = timedelta(seconds=2)
"""After trouble that may be over soon."""


def reply_class(request: type[Request]) -> type[Reply]:
    """Return the class of the reply to a request; raises KeyError when the catalogue does not list it."""
    return _REPLIES[request]


def refuse(
    request: Request, code: RequestRefusalCode, text: str, *, now: datetime, retry_at: datetime | None = None
) -> Reply:
    """Return the refusal of a request, for the library and for handlers.

    Args:
        text: why, for people, and what to do.
        now: the service's time, which is when it was decided.
    """
    refusal = Refusal(code=code, text=text, retry_at=retry_at)
    return reply_class(type(request))(request_id=request.request_id, answered_at=now, refusal=refusal)


def is_undecided(reply: Reply) -> bool:
    """Tell whether a reply only says to ask again."""
    return reply.refusal is not None and reply.refusal.code in RETRIED


def outcome_of(reply: Reply) -> str:
    """Return what is counted of a reply: the outcome that it has, of a refusal its code."""
    if reply.refusal is not None:
        return reply.refusal.code.value
    return next(name for name in reply.outcomes if getattr(reply, name) is not None)
