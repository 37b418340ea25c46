"""The three pages that operators and their tools read: /healthz, /readyz, /metrics."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mweek_telemetry.health import Health
from mweek_telemetry.metrics import Metrics


@asynccontextmanager
async def serve_http(host: str = "127.0.0.1", port: int = 0, *, health: Health, metrics: Metrics) -> AsyncIterator[int]:
    """Serve the pages while the block runs; gives the bound port (`port=0`: any free one).

    Raises:
        OSError: the port is taken.
    """
    # Bound here and not by uvicorn, which would end the process when the port is taken.
    listening = socket.create_server((host, port))
    config = uvicorn.Config(
        pages(health, metrics),
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]), name="http")
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        listening.close()


def pages(health: Health, metrics: Metrics) -> Starlette:
    """Return the application with the three pages."""

    async def healthz(_request: Request) -> Response:
        return _answer(health, good=health.alive)

    async def readyz(_request: Request) -> Response:
        return _answer(health, good=health.ready)

    async def numbers(_request: Request) -> Response:
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", numbers)])


def _answer(health: Health, *, good: bool) -> JSONResponse:
    """Return 200 or 503 with every part, the red ones named first."""
    parts = {name: {"ok": part.ok, "detail": part.detail} for name, part in sorted(health.snapshot().items())}
    red = [name for name, part in parts.items() if not part["ok"]]
    body = {"ok": good, "started": health.started, "red": red, "parts": parts}
    return JSONResponse(body, status_code=200 if good else 503)


class _QuietServer(uvicorn.Server):
    """Leaves the process's signals to `run_service`, which stops the whole service in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
