"""The guard against a real server whose streams go back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import nats
import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_messaging import apply_streams, publish_command
from mweek_messaging.acceptance import accept_stream
from mweek_messaging.guard import StreamGuard, Verdict, Watched, watched_streams
from mweek_messaging.workers import Workers
from mweek_outbox.streams import StreamSeen, remember_seen
from nats.aio.client import Client

from tests.delivery.probe import Probe, note_effect, schedule_week
from tests.support.eventually import eventually, never
from tests.support.nats_server import NatsServer
from tests.support.store_damage import keep_copy, put_back


def guard_of(probe: Probe, connection: Client) -> StreamGuard:
    return StreamGuard(connection=connection, database=probe.database, workers=Workers(), service="planner")


async def verdicts(guard: StreamGuard) -> dict[str, Verdict]:
    return {watched.stream: watched.verdict for watched in await guard.look()}


async def look_at(guard: StreamGuard, stream: str) -> Watched:
    [found] = [one for one in await guard.look() if one.stream == stream]
    return found


async def test_streams_that_only_grow_are_as_expected(probe: Probe, connection: Client) -> None:
    guard = guard_of(probe, connection)
    expected = dict.fromkeys(("RECORDS", "COMMANDS", "EVENTS", "DEAD"), Verdict.AS_EXPECTED)
    assert await verdicts(guard) == expected
    await publish_command(connection, schedule_week())
    assert await verdicts(guard) == expected


async def test_stream_that_was_never_applied_is_absent_and_says_what_to_run(
    probe: Probe, applied_streams: NatsServer
) -> None:
    applied_streams.stop()
    applied_streams.wipe_store()
    applied_streams.start()
    connection = await nats.connect(applied_streams.url)
    watched = await guard_of(probe, connection).look()
    assert {one.verdict for one in watched} == {Verdict.ABSENT}
    assert watched[0].sentence == "the stream RECORDS is not ready: it is not there yet; run `mweek streams apply`"
    await connection.close()


async def test_stream_created_anew_went_back(probe: Probe, connection: Client, applied_streams: NatsServer) -> None:
    await guard_of(probe, connection).look()
    await connection.jetstream().delete_stream("EVENTS")
    assert (await verdicts(guard_of(probe, connection)))["EVENTS"] is Verdict.WENT_BACK
    await apply_streams(connection)
    events = await look_at(guard_of(probe, connection), "EVENTS")
    assert events.verdict is Verdict.WENT_BACK
    assert "was created" in events.sentence
    assert "run `mweek streams rebuild`" in events.sentence


async def test_stream_that_ends_earlier_than_before_went_back(probe: Probe, connection: Client) -> None:
    created = (await connection.jetstream().stream_info("COMMANDS")).created
    assert created
    with probe.database.transaction() as session:
        remember_seen(session, "COMMANDS", StreamSeen(created_at=created, last_sequence=800))
    commands = await look_at(guard_of(probe, connection), "COMMANDS")
    assert commands.verdict is Verdict.WENT_BACK
    assert "had reached 800 and now ends at 0" in commands.sentence


async def test_stream_that_was_cut_by_a_damaged_block_went_back(
    probe: Probe, connection: Client, applied_streams: NatsServer
) -> None:
    """One flipped bit makes the server drop what follows it, with a line in its log and no other sign."""
    for number in range(40):
        await publish_command(connection, schedule_week(f"s-{number}"))
    await guard_of(probe, connection).look()
    applied_streams.stop()
    _flip_a_bit_in_the_middle(applied_streams.store)
    applied_streams.start()
    again = await nats.connect(applied_streams.url)
    commands = await look_at(guard_of(probe, again), "COMMANDS")
    assert commands.verdict is Verdict.WENT_BACK
    assert "had reached 40 and now ends at" in commands.sentence
    await again.close()


async def test_stream_that_was_rolled_back_and_has_grown_past_its_old_end_went_back(
    probe: Probe, connection: Client, applied_streams: NatsServer, tmp_path: Path
) -> None:
    await tell(connection, range(3))
    applied_streams.stop()
    keep_copy(applied_streams, tmp_path / "older")
    applied_streams.start()
    again = await nats.connect(applied_streams.url)
    await tell(again, range(3, 6))
    assert (await look_at(guard_of(probe, again), "EVENTS")).verdict is Verdict.AS_EXPECTED
    await again.close()
    applied_streams.stop()
    put_back(applied_streams, tmp_path / "older")
    applied_streams.start()
    later = await nats.connect(applied_streams.url)
    await tell(later, range(6, 20))

    events = await look_at(guard_of(probe, later), "EVENTS")

    assert events.verdict is Verdict.WENT_BACK
    assert "has another message at 6" in events.sentence
    await later.close()


async def tell(connection: Client, numbers: Iterable[int]) -> None:
    """Publish events that nobody hears."""
    for number in numbers:
        await connection.jetstream().publish("evt.rzob.2026-W49.heard-by-nobody.v1", f"{number}".encode())


async def test_consumer_that_was_rolled_back_is_harmless(probe: Probe, connection: Client) -> None:
    await publish_command(connection, schedule_week())
    guard = guard_of(probe, connection)
    await guard.look()
    await connection.jetstream().reset_consumer("COMMANDS", "planner-commands", seq=1)
    assert (await look_at(guard, "COMMANDS")).verdict is Verdict.AS_EXPECTED


@pytest.mark.parametrize(
    ("service", "streams"),
    [
        ("inventory", ["RECORDS", "COMMANDS", "EVENTS", "DEAD"]),
        ("planner", ["RECORDS", "COMMANDS", "EVENTS", "DEAD"]),
        ("notifier", ["RECORDS", "EVENTS", "DEAD"]),
        ("auditor", ["RECORDS", "EVENTS", "DEAD"]),
    ],
)
def test_service_watches_what_it_reads_and_what_it_publishes_to(service: str, streams: list[str]) -> None:
    assert [spec.name for spec in watched_streams(service)] == streams


async def test_stream_that_a_service_only_publishes_to_is_watched(probe: Probe, connection: Client) -> None:
    guard = StreamGuard(connection=connection, database=probe.database, workers=Workers(), service="inventory")
    await guard.look()
    await connection.jetstream().delete_stream("RECORDS")
    await apply_streams(connection)
    assert (await look_at(guard, "RECORDS")).verdict is Verdict.WENT_BACK


async def test_accepted_stream_is_told_to_who_has_looked_before_and_is_as_expected_for_who_has_not(
    probe: Probe, connection: Client
) -> None:
    guard = guard_of(probe, connection)
    await guard.look()
    await connection.jetstream().delete_stream("EVENTS")
    await apply_streams(connection)
    await accept_stream(connection, probe.database, service="planner", stream="EVENTS")
    assert (await look_at(guard, "EVENTS")).verdict is Verdict.ACCEPTED
    assert (await look_at(guard_of(probe, connection), "EVENTS")).verdict is Verdict.AS_EXPECTED


def _flip_a_bit_in_the_middle(store: Path) -> None:
    """Damage the block of COMMANDS, and remove the index that the server would believe instead."""
    [folder] = store.glob("jetstream/*/streams/COMMANDS/msgs")
    [block] = folder.glob("*.blk")
    content = bytearray(block.read_bytes())
    content[len(content) // 2] ^= 0b100
    block.write_bytes(content)
    for index in folder.glob("*.db"):
        index.unlink()


async def test_service_stops_consuming_and_turns_red_when_its_streams_are_lost_under_it(
    probe: Probe, applied_streams: NatsServer
) -> None:
    probe.handlers[ScheduleWeekV1] = lambda session, command: note_effect(session, command.message_id)
    async with probe.running():
        assert probe.health.alive
        applied_streams.kill()
        applied_streams.wipe_store()
        applied_streams.start()
        connection = await nats.connect(applied_streams.url)
        await apply_streams(connection)
        await eventually(lambda: not probe.health.snapshot()["stream:EVENTS"].ok)
        assert "Nothing is consumed" in probe.health.snapshot()["stream:COMMANDS"].detail
        await publish_command(connection, schedule_week())
        await never(probe.effects, during=2.5)
        assert not probe.health.ready
        await connection.close()


@pytest.mark.parametrize("what", ["stream", "consumer"])
async def test_stream_or_consumer_deleted_while_running_is_noticed_by_looking_again(
    probe: Probe, connection: Client, what: str
) -> None:
    probe.guard_every = timedelta(milliseconds=200)
    async with probe.running():
        if what == "stream":
            await connection.jetstream().delete_stream("EVENTS")
        else:
            await connection.jetstream().delete_consumer("EVENTS", "planner-events")
        part = await eventually(lambda: probe.health.snapshot()["stream:EVENTS"], lambda seen: not seen.ok)
    assert "is not whole" in part.detail


async def test_service_that_finds_a_lost_stream_at_start_consumes_nothing(
    probe: Probe, applied_streams: NatsServer, connection: Client
) -> None:
    probe.handlers[ScheduleWeekV1] = lambda session, command: note_effect(session, command.message_id)
    async with probe.running():
        pass
    await connection.jetstream().delete_stream("COMMANDS")
    await apply_streams(connection)
    await publish_command(connection, schedule_week())
    async with probe.running():
        assert not probe.health.alive
        await never(probe.effects, during=1.0)


async def test_service_waits_for_streams_that_are_applied_later(probe: Probe, applied_streams: NatsServer) -> None:
    applied_streams.stop()
    applied_streams.wipe_store()
    applied_streams.start()
    probe.handlers[ScheduleWeekV1] = lambda session, command: note_effect(session, command.message_id)
    connection = await nats.connect(applied_streams.url)
    async with probe.starting():
        await eventually(lambda: not probe.health.snapshot()["stream:EVENTS"].ok)
        assert not probe.health.started
        await apply_streams(connection)
        await publish_command(connection, schedule_week())
        assert await eventually(probe.effects) == ["s-1"]
        assert probe.health.ready
    await connection.close()
