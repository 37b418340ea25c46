"""The pages over a real socket."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request

import pytest
from mweek_telemetry import Health, Metrics, serve_http


async def get(port: int, path: str) -> tuple[int, str]:
    def ask() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    return await asyncio.to_thread(ask)


async def test_pages_are_served_on_a_free_port_of_loopback_while_the_block_runs() -> None:
    health, metrics = Health(), Metrics("planner")
    async with serve_http(health=health, metrics=metrics) as port:
        assert (await get(port, "/healthz"))[0] == 200
        assert (await get(port, "/readyz"))[0] == 503
        health.set_ready(True)
        assert (await get(port, "/readyz"))[0] == 200
        health.set("nats", False, "disconnected")
        status, body = await get(port, "/healthz")
        assert (status, json.loads(body)["red"]) == (503, ["nats"])
        assert "mweek_outbox_waiting" in (await get(port, "/metrics"))[1]
        assert (await get(port, "/"))[0] == 404
    with pytest.raises(urllib.error.URLError):
        await get(port, "/healthz")


async def test_port_that_is_taken_is_an_error_and_not_the_end_of_the_process() -> None:
    async with serve_http(health=Health(), metrics=Metrics("a")) as port:
        with pytest.raises(OSError, match="in use"):
            async with serve_http(port=port, health=Health(), metrics=Metrics("b")):
                pass
