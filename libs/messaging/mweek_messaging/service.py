"""Runs one service: connects, guards, consumes, relays, ticks, and stops without losing anything."""

from __future__ import annotations

import asyncio

from mweek_messaging.observation import HealthBoard, MessagingMetrics
from mweek_messaging.parts import ServiceParts


async def run_service(
    parts: ServiceParts,
    *,
    health: HealthBoard,
    metrics: MessagingMetrics,
    stop: asyncio.Event | None = None,
) -> int:
    """Run until SIGTERM or SIGINT (or until `stop` is set); returns the exit code.

    Waits for a server that is not there yet. Ready once its consumers are bound; stops within 10 seconds: what is in
    hand is finished, or given back to the stream.

    Args:
        stop: for a caller that has no signals, e.g. a test.
    """
    raise NotImplementedError
