"""Services that the tests of one run share: each test is in a location of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count

import nats
import pytest
from mweek_messaging import apply_streams

from tests.support.databases import Databases
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import NOW, PlannerBus
from tests.support.planner_patterns import write_patterns
from tests.support.planner_process import PlannerProcess

_locations = count(1)


@pytest.fixture(scope="session")
def planner_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The server of the shared planner."""
    running = NatsServer(tmp_path_factory.mktemp("planner-nats")).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def shared_planner(
    planner_server: NatsServer, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PlannerProcess]:
    """A planner whose clock began on Friday, ten days before the week that most tests plan."""
    folder = tmp_path_factory.mktemp("planner")
    process = PlannerProcess(
        folder,
        nats_url=planner_server.url,
        database_url=databases.new(folder, "planner"),
        environment={
            "MWEEK_CLOCK": f"{NOW:%Y-%m-%dT%H:%MZ}",
            "MWEEK_PLANNER_PATTERNS": str(write_patterns(folder / "patterns")),
        },
    )
    yield process
    process.stop()


@pytest.fixture
async def planner_bus(planner_server: NatsServer, shared_planner: PlannerProcess) -> AsyncIterator[PlannerBus]:
    """A location of its own on the bus of the shared planner."""
    connection = await nats.connect(planner_server.url)
    await apply_streams(connection)
    shared_planner.ensure_running()
    yield PlannerBus(connection, f"loc{next(_locations):02d}")
    await connection.close()


@pytest.fixture(scope="session")
def brisk_planner(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlannerProcess]:
    """A planner of its own server whose clock goes 300 times too fast: five minutes are a second."""
    folder = tmp_path_factory.mktemp("brisk")
    server = NatsServer(folder / "nats").start()
    process = PlannerProcess(
        folder,
        nats_url=server.url,
        database_url=databases.new(folder, "planner"),
        environment={"MWEEK_CLOCK": f"{NOW:%Y-%m-%dT%H:%MZ},x300"},
    )
    yield process
    process.stop()
    server.stop()


@pytest.fixture
async def brisk_bus(brisk_planner: PlannerProcess) -> AsyncIterator[PlannerBus]:
    """A location of its own on the bus of the brisk planner."""
    connection = await nats.connect(brisk_planner.environment["MWEEK_NATS_URL"])
    await apply_streams(connection)
    brisk_planner.ensure_running()
    yield PlannerBus(connection, f"loc{next(_locations):02d}")
    await connection.close()
