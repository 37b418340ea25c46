"""Databases that are locked by others, whose sessions are ended, and that are away. All waits; nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import psycopg
import pytest
from mweek_outbox import open_database
from nats.aio.client import Client

from tests.delivery.probe import Probe
from tests.support.eventually import eventually, pause
from tests.support.misfortune import Misfortune
from tests.support.nats_server import NatsServer
from tests.support.outage import command, each_took_effect_once, red, take_and_tell
from tests.support.postgres import PostgresCluster, temporary_cluster

LONGER_THAN_THE_BUSY_TIMEOUT_SECONDS = 12.0
ENDED_SESSIONS = 12
BEFORE, DURING = ["s-1", "s-2"], [f"s-{number}" for number in range(3, 8)]


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """A cluster of the test's own: it is stopped, and its sessions are ended."""
    with temporary_cluster() as own:
        yield own


@asynccontextmanager
async def serving(server: NatsServer, url: str) -> AsyncIterator[tuple[Probe, Client]]:
    """Give a running probe that has done its first commands."""
    connection = await nats.connect(server.url)
    probe = Probe(server.url, url)
    take_and_tell(probe)
    try:
        async with probe.running():
            await command(connection, BEFORE)
            await eventually(lambda: probe.effects() == BEFORE)
            yield probe, connection
    finally:
        probe.database.close()
        await connection.close()


async def test_lock_that_another_process_holds_is_waited_for_on_sqlite(
    applied_streams: NatsServer, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/probe.sqlite3"
    other = open_database(url)
    async with serving(applied_streams, url) as (probe, connection):
        with other.transaction():
            await command(connection, DURING)
            sentence = await red(probe, "database", "holding its lock", "End that process", "Nothing is lost")
            assert "probe.sqlite3" in sentence
            await pause(LONGER_THAN_THE_BUSY_TIMEOUT_SECONDS)
            assert not probe.health.alive
        await each_took_effect_once(probe, connection, BEFORE + DURING)
    other.close()


async def test_lock_on_a_table_is_waited_for_on_postgresql(
    applied_streams: NatsServer, cluster: PostgresCluster
) -> None:
    url = cluster.new_database()
    async with serving(applied_streams, url) as (probe, connection):
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE effect IN ACCESS EXCLUSIVE MODE")
            await command(connection, DURING)
            await red(probe, "database", "another session has been holding a lock", "pg_locks")
        await each_took_effect_once(probe, connection, BEFORE + DURING)


async def test_sessions_that_are_ended_at_random_cost_no_message_and_double_none(
    applied_streams: NatsServer, cluster: PostgresCluster
) -> None:
    misfortune = Misfortune()
    url = cluster.new_database()
    names = [f"s-{number}" for number in range(3, 60)]
    async with serving(applied_streams, url) as (probe, connection):
        saying = asyncio.create_task(command(connection, names))
        with psycopg.connect(url, autocommit=True) as other:
            for _ in range(ENDED_SESSIONS):
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                await pause(misfortune.seconds(0.5))
        await saying
        await each_took_effect_once(probe, connection, BEFORE + names)


async def test_postgresql_that_is_away_is_waited_for(applied_streams: NatsServer, cluster: PostgresCluster) -> None:
    async with serving(applied_streams, cluster.new_database()) as (probe, connection):
        await asyncio.to_thread(cluster.stop)
        await command(connection, DURING)
        sentence = await red(probe, "database", "Nothing is lost: messages wait and are not counted as failing")
        assert "postgresql" in sentence
        await eventually(lambda: probe.counted("failed") > 3 * probe.policy.attempts)
        await asyncio.to_thread(cluster.start)
        await each_took_effect_once(probe, connection, BEFORE + DURING)
