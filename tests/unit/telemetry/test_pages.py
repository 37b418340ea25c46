"""The three pages, asked without a socket."""

from __future__ import annotations

import pytest
from mweek_telemetry import Health, Metrics
from mweek_telemetry.http import pages
from starlette.types import Message, Scope


async def _get(health: Health, path: str) -> tuple[int, bytes]:
    """Return status and body of a page, by speaking ASGI with the application."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
    }
    await pages(health, Metrics("planner"))(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(
    ("started", "nats_ok", "healthz", "readyz"),
    [(False, True, 200, 503), (True, True, 200, 200), (True, False, 503, 503)],
)
async def test_status_says_alive_and_ready(started: bool, nats_ok: bool, healthz: int, readyz: int) -> None:
    health = Health()
    health.set_ready(started)
    health.set("nats", nats_ok)
    assert (await _get(health, "/healthz"))[0] == healthz
    assert (await _get(health, "/readyz"))[0] == readyz


async def test_body_names_the_red_part_and_what_to_do() -> None:
    health = Health()
    health.set("database", True)
    health.set("guard:EVENTS", False, "run mweek-streams apply")
    status, body = await _get(health, "/healthz")
    assert status == 503
    assert body == (
        b'{"ok":false,"started":false,"red":["guard:EVENTS"],"parts":{"database":{"ok":true,"detail":""},'
        b'"guard:EVENTS":{"ok":false,"detail":"run mweek-streams apply"}}}'
    )


async def test_metrics_page_is_the_text_for_prometheus() -> None:
    status, body = await _get(Health(), "/metrics")
    assert status == 200
    assert b"# TYPE mweek_messages_handled_total counter" in body
