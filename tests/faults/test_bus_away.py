"""A bus that is away for long, or is there and silent: everything waits, nothing grows without bound, all is made up.

Ten minutes are stood for by a bit more than one: after 55 s the pauses of the outbox are at their longest, and after
61 attempts (one a second) a client that counts them, as nats-py does by default, has given up.
"""

from __future__ import annotations

import resource

import nats
import pytest

from tests.delivery.probe import Probe
from tests.support.eventually import eventually, pause
from tests.support.nats_server import NatsServer
from tests.support.outage import command, each_took_effect_once, red, take_and_tell, tell

OUTAGE_SECONDS = 75.0
DEFAULT_ATTEMPTS = 60
TOLD_MEANWHILE = 5_000
MOST_MEGABYTES = 50.0


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


async def test_long_outage_of_the_server_is_bridged_and_the_backlog_goes_out_in_order(
    probe: Probe, applied_streams: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    names, numbered = ["s-1", "s-2"], [f"n-{number}" for number in range(TOLD_MEANWHILE)]
    take_and_tell(probe)
    async with probe.running():
        connection = await nats.connect(applied_streams.url)
        await command(connection, names)
        await eventually(lambda: probe.effects() == names)
        await connection.close()
        applied_streams.kill()
        before = peak_megabytes()
        for part in range(10):
            tell(probe, numbered[part * 500 : (part + 1) * 500])
            await pause(OUTAGE_SECONDS / 10)
        await red(probe, "nats", "connects again by itself")
        await red(probe, "relay", "no connection to the server", "waits in the outbox")
        attempts = sum("Connect call failed" in record.getMessage() for record in caplog.records)
        assert attempts > DEFAULT_ATTEMPTS
        applied_streams.start()
        connection = await nats.connect(applied_streams.url)
        await each_took_effect_once(probe, connection, names, told_beside=numbered)
        await connection.close()
        assert peak_megabytes() - before < MOST_MEGABYTES


async def test_server_that_is_connected_and_silent_is_noticed_within_half_a_minute(
    probe: Probe, applied_streams: NatsServer
) -> None:
    take_and_tell(probe)
    async with probe.running():
        connection = await nats.connect(applied_streams.url)
        await command(connection, ["s-1"])
        await eventually(lambda: probe.effects() == ["s-1"])
        applied_streams.pause()
        tell(probe, ["n-1"])
        await red(probe, "relay", "does not answer")
        await eventually(lambda: not probe.health.snapshot()["nats"].ok, within=40)
        applied_streams.resume()
        await each_took_effect_once(probe, connection, ["s-1"], told_beside=["n-1"])
        await connection.close()
