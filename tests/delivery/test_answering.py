"""Requests and replies over a real server: committed before the reply, decided once, many in one transaction."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from mweek_contracts.events import WindowGrantedV1
from mweek_contracts.replies import MyWindowsReplyV1, Refusal, WindowReplyV1
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import MyWindowsV1, RequestWindowV1
from mweek_messaging import Postponed, UnansweredError, ask, refuse
from mweek_messaging.housekeeping import ANSWERS_KEPT, forget_old_answers
from nats.aio.client import Client
from nats.errors import NoRespondersError
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from tests.delivery.asking import granting, my_windows, one_window_for_each_effect, request_window
from tests.delivery.probe import Probe, events, note_effect
from tests.delivery.test_records import machine, publish_records
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer


@pytest.fixture
async def on_each_database(applied_streams: NatsServer, database_url: str) -> AsyncIterator[Probe]:
    """A service that grants windows, on SQLite and on PostgreSQL."""
    made = Probe(applied_streams.url, database_url)
    made.answers[RequestWindowV1] = granting(made)
    yield made
    made.database.close()


async def raw_reply(connection: Client, request: RequestWindowV1 | MyWindowsV1) -> bytes:
    """Return the body of a reply as it came."""
    data: bytes = (await connection.request(request.subject, request.body(), timeout=10)).data
    return data


async def asked_together(connection: Client, requests: Sequence[RequestWindowV1]) -> list[bytes]:
    return await asyncio.gather(*(raw_reply(connection, request) for request in requests))


def transactions(probe: Probe) -> float:
    """Return in how many transactions groups of requests were decided."""
    return probe.metrics.registry.get_sample_value("mweek_requests_grouped_count", {"service": "planner"}) or 0


def outcomes(probe: Probe) -> dict[str, float]:
    """Return how many requests had which outcome."""
    return {
        sample.labels["outcome"]: sample.value
        for metric in probe.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "mweek_requests_answered_total"
    }


def refusal_in(reply: WindowReplyV1) -> Refusal:
    """Return the refusal that a reply must be."""
    assert reply.refusal, reply
    return reply.refusal


def refusal_code(body: bytes) -> RequestRefusalCode:
    return refusal_in(WindowReplyV1.model_validate_json(body)).code


async def test_request_is_answered_with_its_effect_and_its_event(on_each_database: Probe, connection: Client) -> None:
    probe = on_each_database
    async with probe.running():
        reply = await ask(connection, request_window())
        assert reply.grant
        assert probe.effects() == ["acme03/r-1"]
        [event] = await eventually(lambda: events(connection))
    assert isinstance(event, WindowGrantedV1)
    assert event.window_id == reply.grant.window_id
    assert outcomes(probe) == {"grant": 1}


async def test_repeated_request_gets_the_same_reply_byte_for_byte_and_changes_nothing(
    on_each_database: Probe, connection: Client
) -> None:
    probe = on_each_database
    async with probe.running():
        first = await raw_reply(connection, request_window())
        assert await raw_reply(connection, request_window()) == first
        shuffled = dict(reversed(json.loads(request_window().body()).items())) | {"urgent": False}
        again = await connection.request(request_window().subject, json.dumps(shuffled, indent=1).encode(), timeout=10)
        assert again.data == first, "the order of the fields, blanks and defaults are not what was asked"
    async with probe.running():
        assert await raw_reply(connection, request_window()) == first, "a restart forgets nothing"
    assert probe.effects() == ["acme03/r-1"]
    assert len(await events(connection)) == 1


async def test_same_request_twice_in_one_group_is_decided_once(on_each_database: Probe, connection: Client) -> None:
    probe = on_each_database
    async with probe.running():
        replies = await asked_together(connection, [request_window()] * 30)
    assert len(set(replies)) == 1
    assert (probe.effects(), outcomes(probe)) == (["acme03/r-1"], {"grant": 1, "repeated": 29})
    assert transactions(probe) < 10


async def test_id_that_was_used_for_something_else_is_refused(on_each_database: Probe, connection: Client) -> None:
    probe = on_each_database
    other = request_window(estimated_minutes=30)
    async with probe.running():
        first = await raw_reply(connection, request_window())
        assert refusal_code(await raw_reply(connection, other)) is RequestRefusalCode.REQUEST_ID_REUSED
        assert await raw_reply(connection, request_window()) == first
        in_one_group = await asked_together(connection, [request_window("r-2"), request_window("r-2", urgent=True)])
        assert sorted(b'"refusal":null' in one for one in in_one_group) == [False, True]
        await ask(connection, request_window(machine="acme04"))  # the id is the machine's own
    assert probe.effects() == ["acme03/r-1", "acme03/r-2", "acme04/r-1"]


async def test_id_of_one_kind_of_request_does_not_do_for_another(probe: Probe, connection: Client) -> None:
    probe.answers = {RequestWindowV1: granting(probe)}
    async with probe.running():
        await ask(connection, request_window())
        with pytest.raises(NoRespondersError):  # this service answers one kind only
            await raw_reply(connection, my_windows("r-1"))


async def test_question_that_changes_nothing_is_answered_anew_each_time(
    on_each_database: Probe, connection: Client
) -> None:
    probe = on_each_database
    probe.answers[MyWindowsV1] = one_window_for_each_effect(probe)
    async with probe.running():
        seen: list[int] = []
        for number in range(3):
            reply = await ask(connection, my_windows())
            assert isinstance(reply, MyWindowsReplyV1)
            seen.append(len(reply.windows or ()))
            await ask(connection, request_window(f"r-{number}"))
    assert seen == [0, 1, 2]


async def test_requests_that_wait_are_decided_in_few_transactions(on_each_database: Probe, connection: Client) -> None:
    probe = on_each_database
    requests = [request_window(f"r-{number}", machine=f"m{number % 50}") for number in range(600)]
    async with probe.running():
        replies = await asked_together(connection, requests)
        assert len(set(replies)) == 600
        assert transactions(probe) <= 60
        await eventually(lambda: events(connection), lambda seen: len(seen) == 600)
    assert sorted(probe.effects()) == sorted(f"{one.machine}/{one.request_id}" for one in requests)


async def test_failing_handler_fails_alone_and_leaves_nothing(on_each_database: Probe, connection: Client) -> None:
    probe = on_each_database
    grant = granting(probe)
    broken = {"m3"}

    def sometimes(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        reply = grant(session, request)
        if request.machine in broken:
            session.connection().execute(
                sa.text("INSERT INTO effect (place) SELECT place FROM effect")
            )  # twice the key
        return reply

    probe.answers[RequestWindowV1] = sometimes
    requests = [request_window(machine=f"m{number}") for number in range(20)]
    async with probe.running():
        replies = await asked_together(connection, requests)
        codes = [None if b'"refusal":null' in body else refusal_code(body) for body in replies]
        assert codes == [RequestRefusalCode.NOT_READY if number == 3 else None for number in range(20)]
        broken.clear()
        assert (await ask(connection, requests[3])).grant, "a refusal that says to ask again is not remembered"
        await eventually(lambda: events(connection), lambda seen: len(seen) == 20)
        assert probe.health.alive
    assert sorted(probe.effects()) == sorted(f"m{number}/r-1" for number in range(20))


async def test_handler_that_waits_for_something_says_when_to_ask_again(probe: Probe, connection: Client) -> None:
    def waits(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        note_effect(session, request.request_id)
        if request.machine == "m1":
            raise Postponed("records", timedelta(seconds=7))
        reply = refuse(request, RequestRefusalCode.NOT_READY, "Not yet.", now=probe.clock.now())
        assert isinstance(reply, WindowReplyV1)
        return reply

    probe.answers[RequestWindowV1] = waits
    async with probe.running():
        postponed = refusal_in(await ask(connection, request_window(machine="m1")))
        refused = refusal_in(await ask(connection, request_window(machine="m2")))
    assert (postponed.code, postponed.text) == (RequestRefusalCode.NOT_READY, "Waits for records; ask again.")
    assert postponed.retry_at
    assert timedelta(seconds=5) < postponed.retry_at - probe.clock.now() < timedelta(seconds=8)
    assert (refused.text, probe.effects()) == ("Not yet.", [])


async def test_reply_that_is_none_of_the_request_is_an_error_of_ours(probe: Probe, connection: Client) -> None:
    def of_another(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        return granting(probe)(session, request).model_copy(update={"request_id": "another"})

    probe.answers[RequestWindowV1] = of_another
    async with probe.running():
        refusal = refusal_in(await ask(connection, request_window()))
    assert refusal.code is RequestRefusalCode.NOT_READY
    assert probe.effects() == []


async def test_slow_handlers_hold_up_a_part_of_a_group_only(
    probe: Probe, connection: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mweek_messaging.answering.deciding.LONGEST_GROUP_SECONDS", 0.05)
    grant, pause = granting(probe), threading.Event()

    def slow(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        pause.wait(0.03)
        return grant(session, request)

    probe.answers[RequestWindowV1] = slow
    async with probe.running():
        await asked_together(connection, [request_window(machine=f"m{number}") for number in range(12)])
    assert (len(probe.effects()), transactions(probe) >= 6) == (12, True)


async def test_no_reply_leaves_before_the_commit(probe: Probe, connection: Client) -> None:
    probe.answers[RequestWindowV1] = granting(probe)
    async with probe.running():
        with probe.database.transaction() as session:
            session.connection().execute(sa.text("SELECT 1"))  # nobody else writes meanwhile
            asking = asyncio.create_task(raw_reply(connection, request_window()))
            done, _ = await asyncio.wait((asking,), timeout=0.4)
            assert not done
        assert await asking


async def test_database_that_does_not_work_is_said_and_asking_again_helps(probe: Probe, connection: Client) -> None:
    grant, trouble = granting(probe), 2

    def troubled(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        nonlocal trouble
        if trouble:
            trouble -= 1
            raise OperationalError("UPDATE plan …", {}, Exception("disk I/O error"))
        return grant(session, request)

    probe.answers[RequestWindowV1] = troubled
    async with probe.running():
        for _ in range(2):
            refusal = refusal_in(await ask(connection, request_window()))
            assert (refusal.code, refusal.retry_at is not None) == (RequestRefusalCode.NOT_READY, True)
            assert not probe.health.alive
        assert (await ask(connection, request_window())).grant
        await eventually(lambda: probe.health.alive)
    assert probe.effects() == ["acme03/r-1"]


async def test_nobody_is_answered_before_the_records_are_known(probe: Probe, connection: Client) -> None:
    probe.answers[RequestWindowV1] = granting(probe)
    gate = threading.Event()
    note = probe.note_records

    def apply(session: Session, records: Sequence[object], position: object) -> None:
        assert gate.wait(20)
        note(session, records, position)  # type: ignore[arg-type]

    probe.apply_records = apply  # type: ignore[assignment]
    await publish_records(connection, [machine(1)])
    async with probe.starting():
        await eventually(lambda: "records" in probe.health.snapshot())
        with pytest.raises(UnansweredError, match="nobody answers there"):
            await ask(connection, request_window(), tries=2)
        assert not probe.health.started
        gate.set()
        assert (await ask(connection, request_window(), tries=8)).grant


async def test_two_instances_share_the_requests_and_answer_each_once(
    applied_streams: NatsServer, database_url: str, connection: Client
) -> None:
    one, other = (Probe(applied_streams.url, database_url) for _ in range(2))
    for name, probe in (("one", one), ("other", other)):
        probe.answers[RequestWindowV1] = granting(probe, name)
    requests = [request_window(f"r-{number}", machine=f"m{number % 40}") for number in range(400)]
    async with one.running(), other.running():
        twice = await asked_together(connection, [*requests, *requests])
        assert twice[:400] == twice[400:]
        await eventually(lambda: events(connection), lambda seen: len(seen) == 400)
    assert sorted(one.effects()) == sorted(f"{request.machine}/{request.request_id}" for request in requests)
    assert set(one.notes()) == {"one", "other"}
    one.database.close()
    other.database.close()


async def test_answers_that_nobody_repeats_any_more_are_forgotten(on_each_database: Probe, connection: Client) -> None:
    probe = on_each_database
    async with probe.running():
        await ask(connection, request_window())
    now = probe.clock.real_now()
    assert forget_old_answers(probe.database, now + ANSWERS_KEPT - timedelta(minutes=1)) == 0
    assert forget_old_answers(probe.database, now + ANSWERS_KEPT + timedelta(minutes=1)) == 1
