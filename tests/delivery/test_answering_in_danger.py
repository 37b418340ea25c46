"""Instances that are killed or stopped while they answer, streams that go back, servers that come and go."""

from __future__ import annotations

import asyncio
import signal
import threading
from datetime import timedelta
from itertools import count

import nats
import pytest
from mweek_contracts.replies import WindowReplyV1
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import RequestWindowV1
from mweek_messaging import UnansweredError, apply_streams, ask
from nats.aio.client import Client
from sqlmodel import Session

from tests.delivery.asking import granting, request_window
from tests.delivery.probe import Probe, events
from tests.delivery.test_process import process
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer


async def test_crash_between_commit_and_reply_is_answered_once_it_is_asked_again(
    probe: Probe, connection: Client
) -> None:
    async with process(probe, "dies-before-ack") as service:
        await service.printed("ready")
        with pytest.raises(UnansweredError, match="acme03"):
            await ask(connection, request_window(), timeout=2, tries=1)
        assert await service.ended() == 9
    assert probe.effects() == ["acme03/r-1"]
    async with process(probe, "takes") as service:
        await service.printed("ready")
        assert (await ask(connection, request_window())).grant
        await eventually(lambda: events(connection))
    assert probe.effects() == ["acme03/r-1"]
    assert len(await events(connection)) == 1


async def test_killed_instance_loses_no_request_and_doubles_none(
    applied_streams: NatsServer, database_url: str, connection: Client
) -> None:
    probe = Probe(applied_streams.url, database_url)
    requests = [request_window(f"r-{number}", machine=f"m{number % 100}") for number in range(1_000)]

    async def asked(request: RequestWindowV1) -> WindowReplyV1:
        return await ask(connection, request, timeout=3, tries=10)

    async with process(probe, "takes") as first, process(probe, "takes") as second:
        await first.printed("ready")
        await second.printed("ready")
        asking = asyncio.gather(*(asked(request) for request in requests))
        await eventually(probe.effects)
        first.send(signal.SIGKILL)
        replies = await asking
        assert all(reply.grant for reply in replies)
        assert [await asked(request) for request in requests[::10]] == replies[::10]
        await eventually(lambda: events(connection), lambda seen: len(seen) == 1_000)
    assert sorted(probe.effects()) == sorted(f"{one.machine}/{one.request_id}" for one in requests)
    probe.database.close()


async def test_service_that_stops_answers_what_it_has_taken_in(probe: Probe, connection: Client) -> None:
    grant, began, pause = granting(probe), threading.Event(), threading.Event()

    def slow(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        began.set()
        pause.wait(0.02)
        return grant(session, request)

    probe.answers[RequestWindowV1] = slow
    requests = [request_window(machine=f"m{number}") for number in range(40)]
    async with probe.running():
        asking = [asyncio.create_task(ask(connection, one, tries=1)) for one in requests]
        await connection.flush()
        await eventually(began.is_set)
    replies = await asyncio.gather(*asking)
    assert all(reply.grant for reply in replies)
    assert len(probe.effects()) == 40
    assert len(await events(connection)) == 40, "what was said of it was published before the end"


async def test_what_a_stopping_service_cannot_answer_in_time_is_told_to_ask_another(
    probe: Probe, connection: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mweek_messaging.service.STOPPING_SECONDS", 0.3)
    grant, began, gate = granting(probe), threading.Event(), threading.Event()

    def stuck(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        began.set()
        gate.wait(2)
        return grant(session, request)

    probe.answers[RequestWindowV1] = stuck
    async with probe.running():
        asking = [asyncio.create_task(ask(connection, request_window(machine=f"m{n}"), tries=1)) for n in range(2)]
        await eventually(began.is_set)
        threading.Timer(0.8, gate.set).start()
    refusals = [reply.refusal for reply in await asyncio.gather(*asking)]
    assert [refusal.code for refusal in refusals if refusal] == [RequestRefusalCode.NOT_READY] * 2


async def test_service_whose_streams_went_back_decides_nothing(probe: Probe, connection: Client) -> None:
    probe.answers[RequestWindowV1] = granting(probe)
    probe.guard_every = timedelta(seconds=0.2)
    async with probe.running():
        assert (await ask(connection, request_window())).grant
        await connection.jetstream().delete_stream("EVENTS")
        await apply_streams(connection)
        await eventually(lambda: not probe.health.alive)

        ids = (f"r-{number}" for number in count(2))

        async def outcome() -> str:
            reply = await ask(connection, request_window(next(ids)))
            return reply.refusal.code.value if reply.refusal else "granted"

        assert await eventually(outcome, lambda seen: seen != "granted") == "not_ready"
        decided = probe.effects()
        assert [await outcome() for _ in range(3)] == ["not_ready"] * 3
    assert probe.effects() == decided


async def test_service_answers_again_after_the_server_was_killed_and_came_back(
    probe: Probe, applied_streams: NatsServer
) -> None:
    probe.answers[RequestWindowV1] = granting(probe)
    async with probe.running():
        applied_streams.kill()
        await eventually(lambda: not probe.health.alive)
        applied_streams.start()
        connection = await nats.connect(applied_streams.url)
        assert (await ask(connection, request_window(), tries=8)).grant
        await connection.close()
