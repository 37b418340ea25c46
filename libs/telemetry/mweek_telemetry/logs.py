"""Structured logs on standard error: an event name plus fields, with the ids of the message in hand."""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractContextManager

import structlog
from structlog.typing import Processor

_WITHOUT_LOCALS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # they hold addresses and passwords


def configure_logging(service: str, *, json: bool, level: str = "INFO") -> None:
    """Set up structlog and the standard library's logging alike; call once per process.

    Args:
        service: bound to every line.
        json: one JSON object a line; else coloured text for a person.
        level: DEBUG, INFO, WARNING, ERROR or CRITICAL; raises ValueError for another word.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[Processor] = (
        [structlog.processors.ExceptionRenderer(_WITHOUT_LOCALS), structlog.processors.JSONRenderer()]
        if json
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def bind_message(message_id: str, correlation_id: str) -> AbstractContextManager[None]:
    """Bind the ids of the message in hand to every log line within the `with` block, worker threads included."""
    return structlog.contextvars.bound_contextvars(message_id=message_id, correlation_id=correlation_id)
