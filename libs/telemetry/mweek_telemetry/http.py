"""The three pages that operators and their tools read: /healthz, /readyz, /metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mweek_telemetry.health import Health
from mweek_telemetry.metrics import Metrics


@asynccontextmanager
async def serve_http(host: str = "127.0.0.1", port: int = 0, *, health: Health, metrics: Metrics) -> AsyncIterator[int]:
    """Serve the pages while the block runs; gives the bound port (`port=0`: any free one).

    Raises:
        OSError: the port is taken.
    """
    raise NotImplementedError
    yield 0
