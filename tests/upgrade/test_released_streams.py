"""Streams of every release are read by the services and the client of today, from their first message on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nats
import pytest
from mweek import Client
from mweek_contracts.events import DeadLetterV1
from mweek_contracts.streams import DEAD, EVENTS, RECORDS, consumers_of
from mweek_outbox import open_database
from nats.aio.client import Client as Connection

from tests.support.databases import Databases
from tests.support.eventually import eventually
from tests.support.likeness import unlike
from tests.support.mail_server import running_mail_server
from tests.support.nats_server import NatsServer
from tests.support.neighbours import messages_in
from tests.upgrade.meaning import LOCATION, WEEKS, meaning_of
from tests.upgrade.released import RELEASES, Frozen
from tests.upgrade.story import services_on, start

READERS = ("planner", "notifier", "auditor")
TOLD_BY_THE_STREAMS = {
    "planner": ("machines", "customers"),
    "notifier": ("machines", "customers"),
    "auditor": ("machines", "customers", "windows", "parents"),
}
"""What a service that begins with an empty database knows as well as one that was there."""


@pytest.fixture(params=RELEASES)
def frozen(request: pytest.FixtureRequest, databases: Databases) -> Frozen:
    return Frozen(request.param, databases.dialect)


@pytest.fixture
async def connection(applied_streams: NatsServer, frozen: Frozen) -> AsyncIterator[Connection]:
    """A connection to a server whose streams hold what those of the release held."""
    client = await nats.connect(applied_streams.url)
    await frozen.say(client, RECORDS.name, EVENTS.name)
    yield client
    await client.close()


@pytest.mark.on_postgresql("once is enough: messages do not know where services keep what they learn")
async def test_services_that_begin_with_the_streams_of_a_release_know_what_it_knew(
    applied_streams: NatsServer, connection: Connection, frozen: Frozen, databases: Databases, tmp_path: Path
) -> None:
    urls = databases.urls(tmp_path)
    async with running_mail_server() as mail_server:
        services = services_on(urls, tmp_path, nats_url=applied_streams.url, mail_url=mail_server.url)
        await start(*(services[name] for name in READERS))
        await eventually(lambda: _all_is_read(connection), within=120)
        known = {name: _meaning(frozen, name, urls[name]) for name in READERS}
        for name in READERS:
            await asyncio.to_thread(services[name].stop)
    for name in READERS:
        expected = {part: frozen.meaning(name)[part] for part in TOLD_BY_THE_STREAMS[name]}
        assert unlike(expected, known[name]) == []
    assert _windows(known["notifier"]) == _windows(frozen.meaning("notifier"))
    letters = [one for one in await messages_in(connection, DEAD) if isinstance(one, DeadLetterV1)]
    assert [(letter.service, letter.reason) for letter in letters] == []


async def test_client_shows_the_week_of_a_release_as_it_stood(
    applied_streams: NatsServer, connection: Connection, frozen: Frozen
) -> None:
    async with Client.connect(applied_streams.url) as client:
        view = await client.week(LOCATION, WEEKS[0])
        fleet = await client.fleet(LOCATION)
    plan = frozen.meaning("planner")["plans"][WEEKS[0]]["plan"]
    shown = {name: (window.phase, str(window.opens_at)) for name, window in view.windows.items()}
    assert shown == {one["machine"]: (one["phase"], one["opens_at"]) for one in plan["assignments"]}
    assert view.latest
    assert (view.latest.plan.revision, view.latest.whole) == (plan["revision"], True)
    assert sorted(fleet.machines) == [one["name"] for one in frozen.meaning("planner")["machines"]]


def _meaning(frozen: Frozen, service: str, url: str) -> Any:
    database = open_database(url)
    try:
        return meaning_of(service, database, command_ids=frozen.command_ids)
    finally:
        database.close()


def _windows(meaning: Any) -> Any:
    return {week: known["windows"] for week, known in meaning["weeks"].items()}


async def _all_is_read(connection: Connection) -> bool:
    specs = [spec for service in READERS for spec in consumers_of(service)]
    infos = [await connection.jetstream().consumer_info(spec.stream, spec.durable) for spec in specs]
    return all(info.num_pending == 0 and info.num_ack_pending == 0 for info in infos)
