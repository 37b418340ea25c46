"""The delivery policy against a real server: retries, dead letters, duplicates, waiting, order."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import nats
import sqlalchemy as sa
from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import CommandRefusedV1
from mweek_messaging import Postponed, publish_command
from mweek_messaging.acceptance import accept_stream
from mweek_messaging.dead_letters import DeadLetters, Outbox
from mweek_messaging.workers import Workers
from nats.aio.client import Client
from sqlmodel import Session

from tests.delivery.probe import Probe, cancel_week, dead_letters, events, note_effect, schedule_week
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer
from tests.support.store_damage import keep_copy, put_back

IN_A_MOMENT = timedelta(milliseconds=30)


class FailsAtFirst:
    """A handler that fails so many times for one message, after it has changed something."""

    def __init__(self, failures: int, only: str = "s-1") -> None:
        self._left = failures
        self._only = only
        self.calls: list[str] = []

    def __call__(self, session: Session, command: ScheduleWeekV1) -> None:
        self.calls.append(command.message_id)
        note_effect(session, command.message_id)
        if command.message_id == self._only and self._left:
            self._left -= 1
            raise ValueError("not this time")


async def test_handler_that_fails_twice_takes_effect_once(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(2)
    async with probe.running():
        await publish_command(connection, schedule_week())
        assert await eventually(probe.effects) == ["s-1"]
    assert (probe.counted("failed"), probe.counted("done"), await dead_letters(connection)) == (2, 1, [])


async def test_handler_that_always_fails_ends_in_a_dead_letter_with_reason_subject_and_attempts(
    probe: Probe, connection: Client
) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(99)
    command = schedule_week()
    async with probe.running():
        await publish_command(connection, command)
        [letter] = await eventually(lambda: dead_letters(connection))
    assert (letter.service, letter.handler, letter.attempts) == ("planner", "schedule-week-v1", 3)
    assert letter.reason == "ValueError: not this time"
    assert (letter.original_subject, letter.original_stream) == ("cmd.rzob.schedule-week.v1", "COMMANDS")
    assert base64.b64decode(letter.original_body_base64) == command.body()
    assert letter.original_headers["ce-type"] == "mweek.schedule-week.v1"
    assert letter.correlation_id == "s-1"
    assert probe.effects() == []


async def test_sender_of_a_command_that_was_put_aside_is_told(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(99)
    async with probe.running():
        await publish_command(connection, schedule_week())
        [refused] = await eventually(lambda: events(connection))
    assert isinstance(refused, CommandRefusedV1)
    assert (refused.command_id, refused.causation_id, refused.text) == ("s-1", "s-1", "ValueError: not this time")


async def test_poison_does_not_hold_up_the_messages_behind_it_for_ever(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(99)
    async with probe.running():
        for name in ("s-1", "s-2", "s-3"):
            await publish_command(connection, schedule_week(name))
        await eventually(probe.effects, lambda seen: seen == ["s-2", "s-3"])


async def test_order_holds_through_retries(probe: Probe, connection: Client) -> None:
    handler = FailsAtFirst(2)
    probe.handlers[ScheduleWeekV1] = handler
    async with probe.running():
        for name in ("s-1", "s-2", "s-3"):
            await publish_command(connection, schedule_week(name))
        await eventually(probe.effects, lambda seen: len(seen) == 3)
    assert handler.calls == ["s-1", "s-1", "s-1", "s-2", "s-3"]
    assert probe.effects() == ["s-1", "s-2", "s-3"]


async def test_body_that_cannot_be_read_is_put_aside_at_once_and_others_flow(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(0)
    broken = b'{"command_id": "s-0", "location": "rzob", "week": "2026-W99"'
    await connection.jetstream().publish("cmd.rzob.schedule-week.v1", broken, stream="COMMANDS")
    await publish_command(connection, schedule_week("s-1"))
    async with probe.running():
        assert await eventually(probe.effects) == ["s-1"]
    [letter] = await dead_letters(connection)
    assert (letter.attempts, base64.b64decode(letter.original_body_base64)) == (1, broken)
    assert "is not JSON" in letter.reason
    [refused] = await events(connection)
    assert isinstance(refused, CommandRefusedV1)
    assert (refused.command_subject, refused.command_id) == ("cmd.rzob.schedule-week.v1", None)


async def test_refusal_of_a_wrong_field_names_the_field_and_the_command(probe: Probe, connection: Client) -> None:
    body = schedule_week("s-7").body().replace(b"2026-W49", b"2026-W99")
    await connection.jetstream().publish("cmd.rzob.schedule-week.v1", body, stream="COMMANDS")
    async with probe.running():
        [refused] = await eventually(lambda: events(connection))
    assert isinstance(refused, CommandRefusedV1)
    assert refused.command_id == "s-7"
    assert [(problem.place, problem.text) for problem in refused.problems] == [
        ("week", "the year 2026 has no ISO week 99")
    ]


async def test_bytes_that_are_no_text_at_all_end_as_a_dead_letter(probe: Probe, connection: Client) -> None:
    jetstream = connection.jetstream()
    for body in (b"", b"\xff\xfe\x00", b'"\\ud800"', b"[" * 100_000, b'{"week": NaN}'):
        await jetstream.publish("cmd.rzob.cancel-week.v1", body, stream="COMMANDS")
    async with probe.running():
        letters = await eventually(lambda: dead_letters(connection), lambda seen: len(seen) == 5)
    assert {letter.handler for letter in letters} == {"cancel-week-v1"}


async def test_body_too_large_for_a_dead_letter_is_cut_and_says_so(probe: Probe, connection: Client) -> None:
    await connection.jetstream().publish("cmd.rzob.cancel-week.v1", b"x" * 1_000_000, stream="COMMANDS")
    async with probe.running():
        [letter] = await eventually(lambda: dead_letters(connection))
    kept = len(base64.b64decode(letter.original_body_base64))
    assert 700_000 < kept < 1_000_000
    assert letter.reason.startswith(f"[only the first {kept} of 1000000 bytes are kept]")


async def test_crash_after_a_dead_letter_was_stored_makes_no_second_one(probe: Probe, connection: Client) -> None:
    jetstream = connection.jetstream()
    await jetstream.publish("cmd.rzob.cancel-week.v1", b"{}", stream="COMMANDS")
    letters = DeadLetters(
        outbox=Outbox(probe.database, Workers()),
        service="planner",
        largest=lambda: 1_000_000,
        now=probe.clock.now,
        metrics=probe.metrics,
    )
    subscription = await jetstream.pull_subscribe_bind("planner-commands", "COMMANDS")
    [raw] = await subscription.fetch(1)
    await letters.put(raw, reason="cannot be read", attempts=1)
    await letters.put(raw, reason="cannot be read", attempts=2)  # the message came again: nothing had taken it away
    assert await letters.has(raw)
    await raw.nak()
    async with probe.running():  # the message comes once more, and ends at last
        await eventually(lambda: probe.counted("dead") == 1)
        await eventually(lambda: events(connection))
    assert (len(await dead_letters(connection)), len(await events(connection))) == (1, 1)


async def test_unreadable_message_waits_while_the_database_cannot_take_its_dead_letter(
    probe: Probe, connection: Client
) -> None:
    with probe.database.migrating() as tables:
        tables.execute(sa.text("ALTER TABLE outbox RENAME TO elsewhere"))
    await connection.jetstream().publish("cmd.rzob.cancel-week.v1", b"{", stream="COMMANDS")
    async with probe.running():
        await eventually(lambda: not probe.health.snapshot()["database"].ok)
        assert await dead_letters(connection) == []
        with probe.database.migrating() as tables:
            tables.execute(sa.text("ALTER TABLE elsewhere RENAME TO outbox"))
        [letter] = await eventually(lambda: dead_letters(connection))
    assert base64.b64decode(letter.original_body_base64) == b"{"


async def test_command_that_became_a_dead_letter_is_not_done_when_an_older_copy_of_its_stream_brings_it_again(
    probe: Probe, connection: Client, applied_streams: NatsServer, tmp_path: Path
) -> None:
    await publish_command(connection, schedule_week())
    applied_streams.stop()
    keep_copy(applied_streams, tmp_path / "older")
    applied_streams.start()
    handler = FailsAtFirst(3)
    probe.handlers[ScheduleWeekV1] = handler
    async with probe.running():
        await eventually(lambda: probe.counted("dead") == 1)
    applied_streams.stop()
    put_back(applied_streams, tmp_path / "older")
    applied_streams.start()
    again = await nats.connect(applied_streams.url)
    for stream in ("COMMANDS", "EVENTS", "DEAD"):
        await accept_stream(again, probe.database, service="planner", stream=stream)
    async with probe.running():
        await eventually(lambda: probe.counted("dead") == 2)
    assert (handler.calls, probe.effects()) == (["s-1"] * 3, [])
    await again.close()


async def test_headers_and_subjects_of_any_bytes_end_in_a_dead_letter(probe: Probe, connection: Client) -> None:
    headers = {"Nats-Msg-Id": "odd", "mweek-correlation-id": "not an id!", "odd": "caf\u00e9 \u2028 =?x"}
    await connection.jetstream().publish("cmd.RZ_OB.schedule-week.v1", b"{}", stream="COMMANDS", headers=headers)
    async with probe.running():
        [letter] = await eventually(lambda: dead_letters(connection))
    assert letter.original_subject == "cmd.RZ_OB.schedule-week.v1"
    assert letter.correlation_id == letter.message_id
    assert await events(connection) == [], "no event can be said of a location that is no name"


async def test_command_published_twice_has_one_effect(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(0)
    command = schedule_week()
    jetstream = connection.jetstream()
    async with probe.running():
        for _ in range(3):  # without Nats-Msg-Id: the stream keeps all three
            await jetstream.publish(command.subject, command.body(), stream="COMMANDS")
        await eventually(lambda: probe.counted("duplicate"), lambda seen: seen == 2)
    assert probe.effects() == ["s-1"]


async def test_same_id_with_another_body_is_put_aside_at_once(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(0)
    jetstream = connection.jetstream()
    async with probe.running():
        for week in ("2026-W49", "2026-W50"):
            command = schedule_week(week=week)
            await jetstream.publish(command.subject, command.body(), stream="COMMANDS")
        [letter] = await eventually(lambda: dead_letters(connection))
    assert letter.attempts == 1
    assert letter.reason == (
        "message_id s-1 was already processed with another body; send the new content under a new id"
    )
    assert probe.effects() == ["s-1"]


async def test_message_without_a_route_is_taken_and_ignored(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = FailsAtFirst(0)
    async with probe.running():
        await publish_command(connection, cancel_week())
        await eventually(lambda: probe.counted("ignored"), lambda seen: seen == 1)
        await publish_command(connection, schedule_week())
        await eventually(probe.effects)


async def test_postponed_message_waits_uncounted_until_it_can_be_decided(probe: Probe, connection: Client) -> None:
    tries = 0

    def waits_long(session: Session, command: ScheduleWeekV1) -> None:
        nonlocal tries
        tries += 1
        if tries < 8:  # more often than the policy has attempts
            raise Postponed("records", IN_A_MOMENT)
        note_effect(session, command.message_id)

    probe.handlers[ScheduleWeekV1] = waits_long
    async with probe.running():
        await publish_command(connection, schedule_week())
        assert await eventually(probe.effects) == ["s-1"]
    assert (probe.counted("postponed"), await dead_letters(connection)) == (7, [])


async def test_message_postponed_for_too_long_is_put_aside_and_names_what_never_came(
    probe: Probe, connection: Client
) -> None:
    def waits(session: Session, command: ScheduleWeekV1) -> None:
        raise Postponed("records of rzob", IN_A_MOMENT)

    probe.handlers[ScheduleWeekV1] = waits
    probe.policy = replace(probe.policy, longest_wait=timedelta(seconds=1))
    async with probe.running():
        await publish_command(connection, schedule_week())
        [letter] = await eventually(lambda: dead_letters(connection))
    assert re.fullmatch(r"waited \d+ s in vain for records of rzob", letter.reason)


async def test_failures_count_in_full_after_postponements(probe: Probe, connection: Client) -> None:
    tries = 0

    def waits_then_fails(session: Session, command: ScheduleWeekV1) -> None:
        nonlocal tries
        tries += 1
        if tries <= 5:
            raise Postponed("records", IN_A_MOMENT)
        raise ValueError("broken")

    probe.handlers[ScheduleWeekV1] = waits_then_fails
    async with probe.running():
        await publish_command(connection, schedule_week())
        [letter] = await eventually(lambda: dead_letters(connection))
    assert (letter.attempts, tries) == (3, 8)


async def test_handler_sees_both_kinds_of_command_in_order_of_publishing(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = lambda session, command: note_effect(session, command.message_id)
    probe.handlers[CancelWeekV1] = lambda session, command: note_effect(session, command.message_id)
    for command in (schedule_week("a"), cancel_week("b"), schedule_week("c"), cancel_week("d")):
        await publish_command(connection, command)
    async with probe.running():
        await eventually(probe.effects, lambda seen: seen == ["a", "b", "c", "d"])
