"""Fixtures that any test may use: a real server, applied streams, each database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import nats
import pytest
from hypothesis import settings
from mweek_messaging import apply_streams
from nats.aio.client import Client

from tests.support.databases import SERVICES, Databases
from tests.support.golden import Golden
from tests.support.nats_server import NatsServer
from tests.support.postgres import PostgresCluster, temporary_cluster

# The same examples in every run: a change fails by its own fault. `HYPOTHESIS_PROFILE=explore` looks for new ones.
settings.register_profile("same-examples", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same-examples"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew, and services run on another database."""
    parser.addoption("--accept", action="store_true", help="write golden files anew; read the diff before committing")
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the services of tests/service and tests/journeys work on (PostgreSQL must be installed)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say what the markers mean."""
    config.addinivalue_line("markers", "on_sqlite(reason): left out where `--database` says PostgreSQL")
    config.addinivalue_line("markers", "on_postgresql(reason): left out unless `--database` says PostgreSQL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not about the database that `--database` says."""
    other = {"sqlite": "on_postgresql", "postgresql": "on_sqlite"}[config.getoption("database")]
    left_out = [item for item in items if item.get_closest_marker(other)]
    items[:] = [item for item in items if not item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(autouse=True)
def _no_terminal_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is printed not depend on the width that a test runner was told."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    """Compares with golden files, or writes them with `--accept`."""
    return Golden(accept=pytestconfig.getoption("accept"))


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A running nats-server with an empty store."""
    server = NatsServer(tmp_path / "nats").start()
    yield server
    server.stop()


@pytest.fixture
async def applied_streams(nats_server: NatsServer) -> NatsServer:
    """A running nats-server with all streams and consumers of the contracts."""
    connection = await nats.connect(nats_server.url)
    await apply_streams(connection)
    await connection.close()
    return nats_server


@pytest.fixture
async def connection(applied_streams: NatsServer) -> AsyncIterator[Client]:
    """A connection of the test itself, to a server with all streams."""
    client = await nats.connect(applied_streams.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    yield client
    await client.close()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL cluster for the whole run."""
    with temporary_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Empty databases for services, of the kind that `--database` says."""
    if request.config.getoption("database") == "sqlite":
        yield Databases()
        return
    yield Databases(request.getfixturevalue("postgres_cluster"))
    found = [path for name in SERVICES for path in tmp_path_factory.getbasetemp().rglob(f"{name}*.sqlite3")]
    left = [path for path in found if path.is_file()]  # a folder is in the place of a database to be refused
    assert left == [], "a service ran on SQLite: its test did not ask for `databases` or `empty_database`"


@pytest.fixture
def empty_database(databases: Databases, tmp_path: Path) -> str:
    """The URL of an empty database, of the kind that `--database` says."""
    return databases.new(tmp_path / "database")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'database' / 'service.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.new_database()
