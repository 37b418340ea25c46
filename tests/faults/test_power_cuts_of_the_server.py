"""The power of the nats-server's disk is cut while publishers publish: what was acknowledged must be on the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import nats
import pytest
from mweek_messaging import apply_streams
from nats.aio.client import Client

from tests.support.busy_publishers import publishing, stored_ids
from tests.support.eventually import eventually, pause
from tests.support.loop_disk import loop_disk
from tests.support.misfortune import Misfortune
from tests.support.shipped_server import (
    ShippedServer,
    configuration_of_containers,
    configuration_of_local,
    with_default_syncing,
)

CUTS = 3
LEAST_ACKNOWLEDGED = 300
LONGEST_DELAY_SECONDS = 2.0
ANSWERS_UNDER_WAY_SECONDS = 0.3
"""After the server is frozen: what it had said by then has arrived."""

shipped = pytest.mark.parametrize("configuration", [configuration_of_local, configuration_of_containers])


@asynccontextmanager
async def connected(server: ShippedServer) -> AsyncIterator[Client]:
    """Give a connection that does not wait for a server that is gone."""
    client = await nats.connect(server.url, allow_reconnect=False)
    try:
        yield client
    finally:
        await client.close()


@contextmanager
def running(folder: Path, configuration: Path, disk: Path) -> Iterator[ShippedServer]:
    """Give a server that stores on a disk."""
    server = ShippedServer(folder / disk.name, configuration, disk=disk)
    try:
        yield server.start()
    finally:
        server.kill()


async def lost_in_a_power_cut(folder: Path, configuration: Path) -> set[str]:
    """Return the ids that were acknowledged and are not on the disk after a cut at a random moment."""
    misfortune = Misfortune()
    with loop_disk(folder, megabytes=128) as disk, running(folder, configuration, disk.folder) as server:
        async with connected(server) as connection:
            await apply_streams(connection)
            async with publishing(connection) as publishers:
                await eventually(lambda: len(publishers.acknowledged) > LEAST_ACKNOWLEDGED)
                await pause(misfortune.seconds(LONGEST_DELAY_SECONDS))
                server.pause()
                await pause(ANSWERS_UNDER_WAY_SECONDS)
        with disk.as_after_a_power_cut() as copy, running(folder, configuration, copy.folder) as server_again:
            async with connected(server_again) as connection:
                return publishers.acknowledged - await stored_ids(connection)


@shipped
@pytest.mark.parametrize("cut", range(CUTS))
async def test_power_cut_loses_nothing_that_was_acknowledged_with_the_shipped_configuration(
    tmp_path: Path, configuration: Callable[[Path], Path], cut: int
) -> None:
    assert await lost_in_a_power_cut(tmp_path, configuration(tmp_path)) == set()


@shipped
async def test_same_power_cut_loses_what_was_acknowledged_with_the_server_s_default(
    tmp_path: Path, configuration: Callable[[Path], Path]
) -> None:
    """Shows that the test above can see a loss."""
    unsynced = with_default_syncing(configuration(tmp_path), tmp_path)
    lost = await lost_in_a_power_cut(tmp_path, unsynced)
    assert len(lost) > LEAST_ACKNOWLEDGED
