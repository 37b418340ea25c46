"""Structured logs on standard error: an event name plus fields, with the ids of the message in hand."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Final

import structlog
from structlog.typing import Processor

_SHARED: Final[Sequence[Processor]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_TALKATIVE: Final = ("alembic", "uvicorn", "asyncio")
"""Libraries whose INFO lines are about themselves."""


def configure_logging(service: str, *, json: bool, level: str = "INFO") -> None:
    """Set up structlog and the standard library's logging alike; call once per process.

    Tracebacks show no values of variables: those hold addresses and passwords.

    Args:
        service: bound to every line.
        json: one JSON object a line; else coloured text for a person.
        level: DEBUG, INFO, WARNING, ERROR or CRITICAL; raises ValueError for another word.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_for_machines() if json else _for_people()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for talkative in _TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def _for_machines() -> list[Processor]:
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(without_locals), structlog.processors.JSONRenderer()]


def _for_people() -> list[Processor]:
    colors = sys.stderr.isatty()
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]


def bind_message(message_id: str, correlation_id: str) -> AbstractContextManager[None]:
    """Bind the ids of the message in hand to every log line within the `with` block, worker threads included."""
    return structlog.contextvars.bound_contextvars(message_id=message_id, correlation_id=correlation_id)
