"""A whole installation in processes that can be killed one by one: nats-server, the four services, a mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import nats
from mweek_contracts.streams import CONSUMERS
from mweek_messaging import apply_streams
from mweek_outbox import open_database
from mweek_outbox.waiting import count_waiting
from nats.aio.client import Client

from tests.support.eventually import eventually
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.nats_server import NatsServer
from tests.support.service_process import ServiceProcess

SERVICES = ("inventory", "planner", "notifier", "auditor")
CLOCK = "2026-11-23T08:00Z"
SHORTEST_MOMENT_SECONDS = 1.5
"""Importing, planning, mailing and auditing one revision takes a second or two on an idle machine."""
_MAILING = {
    "MWEEK_NOTIFIER_SENDER": "maintenance@hoster.example",
    "MWEEK_OPERATOR_EMAIL": "noc@hoster.example",
    "MWEEK_NOTIFIER_SEND_SECONDS": "3",  # a claim of a dead sender lasts twice as long
    "MWEEK_NOTIFIER_RETRY_SECONDS": "0.5",
}


class Installation:
    """Everything that runs; `server` and each of `services` may be killed at any time."""

    def __init__(self, folder: Path, server: NatsServer, mail_server: MailServer, settings: Mapping[str, str]) -> None:
        self.moment = SHORTEST_MOMENT_SECONDS
        """The longest that a service is left to its work before something happens to it. As long as one needs to
        start on this machine as it is now: with less, nothing would ever get done between two deaths."""
        self.server = server
        self.mail_server = mail_server
        environment = {"MWEEK_CLOCK": CLOCK, "MWEEK_NOTIFIER_MAIL_URL": mail_server.url, **_MAILING, **settings}
        self.services: Mapping[str, ServiceProcess] = {
            name: ServiceProcess(name, folder / name, nats_url=server.url, environment=environment) for name in SERVICES
        }

    async def start(self) -> None:
        """Start all services and wait until they take messages."""
        await asyncio.gather(*(asyncio.to_thread(process.migrate) for process in self.services.values()))
        for process in self.services.values():
            process.launch()
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self.until_ready()
        self.moment = max(SHORTEST_MOMENT_SECONDS, (loop.time() - began) / 4)

    async def until_ready(self) -> None:
        """Wait until all services take messages."""
        await asyncio.gather(*(asyncio.to_thread(process.wait_until_ready) for process in self.services.values()))

    async def kill(self, name: str) -> None:
        """Kill a service without warning and start it again."""
        process = self.services[name]
        await asyncio.to_thread(process.kill)
        process.launch()

    async def kill_server(self) -> None:
        """Kill the nats-server without warning and start it again on its store."""
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)

    async def at_rest(self, connection: Client, *, within: float) -> None:
        """Wait until nothing waits: no message at a consumer, none in an outbox."""

        async def waiting() -> dict[str, int]:
            return {**await self._at_consumers(connection), **self._in_outboxes()}

        def nothing(seen: dict[str, int]) -> bool:
            return not any(seen.values())

        await eventually(waiting, nothing, within=within, every=0.5)

    def stop(self) -> list[int | None]:
        """Stop all services, at the same time; returns their exit codes."""
        with ThreadPoolExecutor(len(self.services)) as pool:
            return list(pool.map(ServiceProcess.stop, self.services.values()))

    def _in_outboxes(self) -> dict[str, int]:
        found = {}
        for name, process in self.services.items():
            database = open_database(process.environment[f"MWEEK_{name.upper()}_DATABASE_URL"])
            with database.read() as session:
                found[f"{name}'s outbox"] = count_waiting(session)
            database.close()
        return found

    async def _at_consumers(self, connection: Client) -> dict[str, int]:
        jetstream = connection.jetstream()
        found = {}
        for spec in CONSUMERS:
            info = await jetstream.consumer_info(spec.stream, spec.durable)
            found[spec.durable] = (info.num_pending or 0) + (info.num_ack_pending or 0)
        return found


@asynccontextmanager
async def running_installation(folder: Path, **settings: str) -> AsyncIterator[tuple[Installation, Client]]:
    """Give an installation that runs, and a connection to its bus that outlives outages."""
    server = await asyncio.to_thread(NatsServer(folder / "nats").start)
    connection = await nats.connect(server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    await apply_streams(connection)
    async with running_mail_server() as mail_server:
        installation = Installation(folder, server, mail_server, settings)
        try:
            await installation.start()
            yield installation, connection
        finally:
            await asyncio.to_thread(installation.stop)
            await connection.close()
            await asyncio.to_thread(server.stop)
