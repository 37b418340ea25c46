"""Services in processes of their own: signals, crashes, several on one durable consumer."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from mweek_messaging import publish_command
from nats.aio.client import Client

from tests.delivery.probe import Probe, dead_letters, events, schedule_week
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer
from tests.support.patience import wait_for_ever
from tests.support.service_process import SLOWEST_START_SECONDS

REPOSITORY = Path(__file__).parents[2]


class ServiceProcess:
    """One process; what it prints is read line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def printed(self, word: str) -> None:
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), SLOWEST_START_SECONDS)
        assert line.decode().strip() == word

    async def ended(self, within: float = 12.0) -> int:
        return await asyncio.wait_for(self._process.wait(), within)

    def gone_after(self, number: signal.Signals) -> bool:
        """Send a signal, once more, unless the process has ended; returns whether it has."""
        if self._process.returncode is None:
            self._process.send_signal(number)
        return self._process.returncode is not None

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)


@asynccontextmanager
async def process(probe: Probe, behaviour: str) -> AsyncIterator[ServiceProcess]:
    """Start a service on the probe's database and bus; kill it at the end if it still runs."""
    command = (sys.executable, "-m", "tests.delivery.process", probe.nats_url, probe.database_url, behaviour)
    started = await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE)
    try:
        yield ServiceProcess(started)
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()
        await started.communicate()


async def unacknowledged(connection: Client) -> int:
    info = await connection.jetstream().consumer_info("COMMANDS", "planner-commands")
    return int(info.num_ack_pending or 0) + int(info.num_pending or 0)


async def soon_redelivered(connection: Client) -> None:
    """Have the server deliver again after a second what a dead process did not acknowledge."""
    jetstream = connection.jetstream()
    config = (await jetstream.consumer_info("COMMANDS", "planner-commands")).config
    await jetstream.add_consumer("COMMANDS", config.evolve(name="planner-commands", ack_wait=1.0))


async def test_idle_service_ends_at_once_on_sigterm_with_exit_code_0(probe: Probe, connection: Client) -> None:
    async with process(probe, "takes") as service:
        await service.printed("ready")
        service.send(signal.SIGTERM)
        assert await service.ended(within=4) == 0


async def test_sigterm_lets_the_message_in_hand_finish_and_says_what_it_said(probe: Probe, connection: Client) -> None:
    async with process(probe, "takes-slowly") as service:
        await service.printed("ready")
        await publish_command(connection, schedule_week())
        await service.printed("began")
        service.send(signal.SIGTERM)
        assert await service.ended() == 0
    assert probe.effects() == ["s-1"]
    assert len(await events(connection)) == 1
    assert await unacknowledged(connection) == 0


async def test_handler_that_never_ends_does_not_keep_a_service_from_ending_in_ten_seconds(
    probe: Probe, connection: Client
) -> None:
    await wait_for_ever(connection, "COMMANDS")
    async with process(probe, "never-ends") as service:
        await service.printed("ready")
        await publish_command(connection, schedule_week())
        await service.printed("began")
        service.send(signal.SIGTERM)
        assert await service.ended(within=10) == 75
    assert probe.effects() == []
    async with process(probe, "takes"):
        await eventually(probe.effects)  # it was given back


async def test_second_signal_ends_a_service_at_once(probe: Probe, connection: Client) -> None:
    async with process(probe, "never-ends") as service:
        await service.printed("ready")
        await publish_command(connection, schedule_week())
        await service.printed("began")
        await eventually(lambda: service.gone_after(signal.SIGINT), within=4, every=0.2)
        assert await service.ended() == 75


async def test_crash_between_commit_and_acknowledgement_has_one_effect(probe: Probe, connection: Client) -> None:
    await soon_redelivered(connection)
    async with process(probe, "dies-before-ack") as service:
        await service.printed("ready")
        await publish_command(connection, schedule_week())
        assert await service.ended() == 9
    assert (probe.effects(), await unacknowledged(connection)) == (["s-1"], 1)
    async with process(probe, "takes") as service:
        await service.printed("ready")
        await eventually(lambda: unacknowledged(connection), lambda seen: seen == 0)
    assert probe.effects() == ["s-1"]
    assert len(await events(connection)) == 1


async def test_message_that_kills_the_process_is_put_aside_and_those_behind_it_are_handled(
    probe: Probe, connection: Client
) -> None:
    await soon_redelivered(connection)
    for name in ("poison", "s-1", "s-2"):
        await publish_command(connection, schedule_week(name))
    for _ in range(probe.policy.attempts):
        async with process(probe, "kills-the-process") as service:
            assert await service.ended(within=20) == 9
    async with process(probe, "kills-the-process"):
        await eventually(lambda: len(probe.effects()) == 2, within=20)
    [letter] = await dead_letters(connection)
    assert (letter.attempts, probe.effects()) == (3, ["s-1", "s-2"])
    assert letter.reason.startswith("given up after 3 attempts: each ended with its process")


async def test_two_instances_share_the_work_and_each_message_has_one_effect(
    applied_streams: NatsServer, database_url: str, connection: Client
) -> None:
    probe = Probe(applied_streams.url, database_url)
    names = [f"s-{number}" for number in range(40)]
    async with process(probe, "takes") as first, process(probe, "takes") as second:
        await first.printed("ready")
        await second.printed("ready")
        for name in names:
            await publish_command(connection, schedule_week(name))
        await eventually(lambda: len(probe.effects()) == 40, within=30)
        await eventually(lambda: events(connection), lambda seen: len(seen) == 40)
    assert sorted(probe.effects()) == sorted(names)
    assert len(set(probe.notes())) == 2, "one of the two never had anything to do"
    probe.database.close()


async def test_instance_takes_over_when_the_other_is_killed(probe: Probe, connection: Client) -> None:
    await soon_redelivered(connection)
    async with process(probe, "takes-slowly") as first, process(probe, "takes"):
        await first.printed("ready")
        for number in range(6):
            await publish_command(connection, schedule_week(f"s-{number}"))
        await first.printed("began")
        first.send(signal.SIGKILL)
        await eventually(lambda: len(probe.effects()) == 6, within=30)
        await eventually(lambda: events(connection), lambda seen: len(seen) == 6)
    assert len(set(probe.effects())) == 6
