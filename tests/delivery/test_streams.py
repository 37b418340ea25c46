"""`mweek-streams` against a real server: apply, check, accept; `rebuild` has a file of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nats
import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.streams import CONSUMERS, STREAMS
from mweek_messaging import apply_streams, drift_of_streams, publish_command
from mweek_messaging.provisioning import ProvisioningError
from nats.aio.client import Client
from nats.js.api import ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError

from tests.delivery.probe import Probe, note_effect, schedule_week
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer

COMMAND = Path(sys.executable).parent / "mweek-streams"


def mweek_streams(*arguments: str) -> tuple[int, str]:
    """Run the command; returns exit code and all output."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


async def test_first_apply_creates_all_streams_and_consumers_and_the_second_nothing(nats_server: NatsServer) -> None:
    connection = await nats.connect(nats_server.url)
    expected = [f"stream {spec.name}: create" for spec in STREAMS]
    expected += [f"consumer {spec.stream}/{spec.durable}: create" for spec in CONSUMERS]
    assert await drift_of_streams(connection) == expected
    assert await apply_streams(connection) == expected
    assert await apply_streams(connection) == []
    assert await drift_of_streams(connection) == []
    await connection.close()


async def test_applied_streams_are_durable_and_take_batches(connection: Client) -> None:
    for spec in STREAMS:
        config = (await connection.jetstream().stream_info(spec.name)).config
        assert config.storage == StorageType.FILE
        assert config.allow_atomic
        assert config.persist_mode is None, "async would undo the server's sync_interval"
        assert config.duplicate_window == spec.duplicate_window.total_seconds()
        assert config.max_age == (spec.max_age.total_seconds() if spec.max_age else 0)


async def test_message_of_an_append_only_stream_cannot_be_deleted(connection: Client) -> None:
    await publish_command(connection, schedule_week())
    await connection.jetstream().publish("evt.rzob.2026-W49.week-scheduled.v1", b"{}", stream="EVENTS")
    with pytest.raises(APIError, match="message delete not permitted"):
        await connection.jetstream().delete_msg("EVENTS", 1)
    with pytest.raises(APIError, match="stream purge not permitted"):
        await connection.jetstream().purge_stream("EVENTS")
    assert await connection.jetstream().delete_msg("COMMANDS", 1)


async def test_drift_is_named_setting_by_setting_and_repaired(connection: Client) -> None:
    jetstream = connection.jetstream()
    commands = (await jetstream.stream_info("COMMANDS")).config
    await jetstream.update_stream(commands.evolve(max_age=60, duplicate_window=30))
    planner = (await jetstream.consumer_info("COMMANDS", "planner-commands")).config
    await jetstream.add_consumer("COMMANDS", planner.evolve(name="planner-commands", max_ack_pending=7))
    expected = [
        "stream COMMANDS: max_age: 60.0 -> 0, duplicate_window: 30.0 -> 600.0",
        "consumer COMMANDS/planner-commands: max_ack_pending: 7 -> 1",
    ]
    assert await drift_of_streams(connection) == expected
    assert await apply_streams(connection) == expected
    assert await drift_of_streams(connection) == []


async def test_update_keeps_the_messages_and_the_place_of_each_consumer(connection: Client) -> None:
    jetstream = connection.jetstream()
    for name in ("a", "b"):
        await publish_command(connection, schedule_week(name))
    subscription = await jetstream.pull_subscribe_bind("planner-commands", "COMMANDS")
    [first] = await subscription.fetch(1)
    await first.ack_sync()
    config = (await jetstream.consumer_info("COMMANDS", "planner-commands")).config
    await jetstream.add_consumer("COMMANDS", config.evolve(name="planner-commands", ack_wait=5.0))
    await apply_streams(connection)
    [second] = await subscription.fetch(1)
    assert second.data == schedule_week("b").body()


async def test_what_an_operator_added_is_left_alone(connection: Client) -> None:
    jetstream = connection.jetstream()
    await jetstream.add_stream(StreamConfig(name="THEIRS", subjects=["theirs.>"]))
    await jetstream.add_consumer("EVENTS", ConsumerConfig(durable_name="theirs", name="theirs"))
    events = (await jetstream.stream_info("EVENTS")).config
    await jetstream.update_stream(events.evolve(max_bytes=10_000_000_000))
    assert await apply_streams(connection) == []
    assert (await jetstream.stream_info("EVENTS")).config.max_bytes == 10_000_000_000
    assert (await jetstream.consumer_info("EVENTS", "theirs")).name == "theirs"


async def test_change_that_the_server_refuses_is_named_with_the_reason(nats_server: NatsServer) -> None:
    connection = await nats.connect(nats_server.url)
    wrong = StreamConfig(name="COMMANDS", subjects=["cmd.>"], retention=RetentionPolicy.LIMITS)
    await connection.jetstream().add_stream(wrong)
    with pytest.raises(
        ProvisioningError, match=r"the server refuses: stream COMMANDS: .*retention: limits -> workqueue"
    ):
        await apply_streams(connection)
    await connection.close()


async def test_command_check_exits_1_on_drift_and_0_after_apply(nats_server: NatsServer) -> None:
    at_url = ("--nats-url", nats_server.url)
    code, text = mweek_streams("check", *at_url)
    assert (code, text.splitlines()[0]) == (1, "stream RECORDS: create")
    code, text = mweek_streams("apply", *at_url)
    assert (code, len(text.splitlines())) == (0, len(STREAMS) + len(CONSUMERS))
    assert mweek_streams("check", *at_url) == (0, "streams and consumers are as the contracts say\n")


def test_command_without_a_server_says_where_it_looked() -> None:
    code, text = mweek_streams("apply", "--nats-url", "nats://127.0.0.1:1")
    assert (code, text) == (
        1,
        "mweek-streams: no NATS server answers at nats://127.0.0.1:1: nats: no servers available for connection\n",
    )


def test_command_without_a_verb_is_a_usage_error() -> None:
    assert mweek_streams()[0] == 2


async def test_accepted_stream_is_read_from_its_beginning_and_nothing_takes_effect_twice(
    probe: Probe, connection: Client
) -> None:
    probe.handlers[ScheduleWeekV1] = lambda session, command: note_effect(session, command.message_id)
    async with probe.running():
        await publish_command(connection, schedule_week("s-1"))
        await eventually(probe.effects)
    await connection.jetstream().delete_stream("COMMANDS")
    await apply_streams(connection)
    for name in ("s-1", "s-2"):  # as one who restored the stream would publish them again
        await publish_command(connection, schedule_week(name))
    async with probe.running():
        assert not probe.health.alive
    code, text = mweek_streams(
        *("accept", "--service", "planner", "--stream", "COMMANDS"),
        *("--nats-url", probe.nats_url, "--database-url", probe.database_url),
    )
    created = (await connection.jetstream().stream_info("COMMANDS")).created
    assert (code, text.splitlines()) == (
        0,
        [
            "planner will read COMMANDS from the beginning; what it has done already it does not repeat",
            f"planner takes COMMANDS as it is now: created {created:%Y-%m-%d %H:%M:%SZ}",
        ],
    )
    async with probe.running():
        await eventually(probe.effects, lambda seen: seen == ["s-1", "s-2"])
        assert probe.health.ready
    assert (await connection.jetstream().stream_info("COMMANDS")).state.messages == 0


async def test_accepting_a_stream_that_the_service_has_nothing_to_do_with_names_its_own(probe: Probe) -> None:
    code, text = mweek_streams(
        *("accept", "--service", "notifier", "--stream", "COMMANDS"),
        *("--nats-url", probe.nats_url, "--database-url", probe.database_url),
    )
    sentence = "notifier has nothing to do with a stream COMMANDS; it has with: RECORDS, EVENTS, DEAD"
    assert (code, text) == (1, f"mweek-streams: {sentence}\n")
