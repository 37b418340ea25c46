"""What is no request gets a coded refusal at once, or no reply where none can be given; nothing is stored."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from mweek_contracts.replies import WindowReplyV1
from mweek_contracts.requests import RequestWindowV1
from mweek_messaging import ask
from nats.aio.client import Client

from tests.delivery.asking import granting, request_window
from tests.delivery.probe import Probe
from tests.support.eventually import never

SUBJECT = request_window().subject
GOOD = json.loads(request_window().body())

BAD = {
    "nothing": b"",
    "not JSON": b"{request_id: 1}",
    "not UTF-8": b'{"request_id":"\xff"}',
    "a list": b"[]",
    "deep": b"[" * 20_000,
    "a megabyte": b'{"reason":"' + b"x" * 1_000_000 + b'"}',
    "a field twice": request_window().body()[:-1] + b',"machine":"acme03"}',
    "unknown field": json.dumps(GOOD | {"urgnt": True}).encode(),
    "negative": json.dumps(GOOD | {"estimated_minutes": -1}).encode(),
    "naive time": json.dumps(GOOD | {"deadline": "2026-12-01T00:00"}).encode(),
}


@pytest.fixture
def granter(probe: Probe) -> Probe:
    probe.answers[RequestWindowV1] = granting(probe)
    return probe


def stored(probe: Probe) -> list[int]:
    """Return how many rows there are of effects, answers and messages."""
    with probe.database.read() as session:
        return [
            session.connection().execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("effect", "answered_request", "outbox")
        ]


async def test_bad_requests_get_coded_refusals_and_nothing_is_stored(granter: Probe, connection: Client) -> None:
    async with granter.running():
        for name, body in BAD.items():
            reply = WindowReplyV1.model_validate_json((await connection.request(SUBJECT, body, timeout=20)).data)
            assert reply.refusal, name
            assert (reply.refusal.code.value, reply.refusal.retry_at) == ("bad_request", None), name
        assert stored(granter) == [0, 0, 0]
        assert (await ask(connection, request_window())).grant
        assert granter.health.ready


async def test_machine_cannot_ask_for_another_one(granter: Probe, connection: Client) -> None:
    async with granter.running():
        answer = await connection.request("req.rzob.acme04.request-window.v1", request_window().body(), timeout=10)
        reply = WindowReplyV1.model_validate_json(answer.data)
    assert reply.refusal
    assert (reply.refusal.code.value, reply.request_id, stored(granter)) == ("wrong_machine", "r-1", [0, 0, 0])


@pytest.mark.parametrize("inbox", ["", "evt.rzob.2026-W49.week-cancelled.v1", "_INBOX_planner.abc.1"])
async def test_request_whose_reply_would_go_elsewhere_than_to_its_inbox_is_ignored(
    granter: Probe, connection: Client, inbox: str
) -> None:
    async with granter.running():
        await connection.publish(SUBJECT, request_window().body(), reply=inbox)
        await never(lambda: any(stored(granter)), during=0.5)
        assert (await connection.jetstream().stream_info("EVENTS")).state.messages == 0
