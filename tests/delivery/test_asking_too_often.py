"""A machine that floods is limited and told so, and is in nobody's way."""

from __future__ import annotations

import asyncio

import nats
import pytest
from mweek_contracts.replies import WindowReplyV1
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import RequestWindowV1
from mweek_messaging import AskingRate, ask
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.delivery.asking import granting, request_window
from tests.delivery.probe import Probe
from tests.support.eventually import eventually

FLOOD = 10_000


@pytest.fixture
def limited(probe: Probe) -> Probe:
    """A service that grants windows, ten at once to a machine and one a second from then on."""
    probe.answers[RequestWindowV1] = granting(probe)
    probe.asking_rate = AskingRate()
    return probe


async def test_flood_is_refused_with_the_time_to_ask_again_and_others_are_served(
    limited: Probe, connection: Client
) -> None:
    replies: list[WindowReplyV1] = []

    async def hear(message: Msg) -> None:
        replies.append(WindowReplyV1.model_validate_json(message.data))

    async with limited.running():
        flooding = await nats.connect(limited.nats_url)
        inbox = flooding.new_inbox()
        await flooding.subscribe(inbox, cb=hear)
        for number in range(FLOOD):
            request = request_window(f"f-{number}", machine="loud")
            await flooding.publish(request.subject, request.body(), reply=inbox)
        quiet = await asyncio.gather(*(ask(connection, request_window(machine=f"q{n}"), tries=1) for n in range(50)))
        await eventually(lambda: len(replies) == FLOOD)
        await flooding.close()
    assert all(reply.grant for reply in quiet)
    granted = [reply for reply in replies if reply.grant]
    refusals = [reply.refusal for reply in replies if reply.refusal]
    assert 10 <= len(granted) <= 70, "ten, and one for each second that the flood took"
    assert {refusal.code for refusal in refusals} == {RequestRefusalCode.TOO_MANY_REQUESTS}
    assert all(refusal.retry_at for refusal in refusals)
    assert len(limited.effects()) == len(granted) + 50


async def test_machine_that_waits_until_it_may_is_answered(limited: Probe, connection: Client) -> None:
    limited.asking_rate = AskingRate(at_once=2, each_second=4)
    async with limited.running():
        replies = [await ask(connection, request_window(f"r-{number}")) for number in range(3)]
        assert replies[-1].refusal
        assert replies[-1].refusal.retry_at
        while limited.clock.now() < replies[-1].refusal.retry_at:
            await asyncio.sleep(0.01)
        assert (await ask(connection, request_window("r-2"))).grant, "what was refused so is not remembered"


async def test_asking_again_counts_too(limited: Probe, connection: Client) -> None:
    limited.asking_rate = AskingRate(at_once=2, each_second=0.01)
    async with limited.running():
        replies = [await ask(connection, request_window()) for _ in range(3)]
    assert [reply.grant is not None for reply in replies] == [True, True, False]


async def test_bad_requests_count_too(limited: Probe, connection: Client) -> None:
    limited.asking_rate = AskingRate(at_once=2, each_second=0.01)
    subject = request_window().subject
    async with limited.running():
        replies = [await connection.request(subject, b"{", timeout=10) for _ in range(3)]
    codes = [WindowReplyV1.model_validate_json(reply.data).refusal.code.value for reply in replies]  # type: ignore[union-attr]
    assert codes == ["bad_request", "bad_request", "too_many_requests"]
