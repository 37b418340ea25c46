"""A house: one nats-server and the four services over it, started together, kept running, ended in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress

from mweek_local import runfile, server
from mweek_local.child import ENDING_SECONDS, Child, Program
from mweek_local.clock import shared_clock, system_time
from mweek_local.errors import HouseError, NotReadyError, ProcessDiedError
from mweek_local.places import Places
from mweek_local.probe import ask_until, wait_until_ready
from mweek_local.services import ServiceAddress, environment_of, free_addresses, mail_url, program

READY_SECONDS = 120.0
"""A laptop that starts everything cold takes about five; one that is busy with other things takes its time."""

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
"""A process that ran so long is taken to have been healthy: the pause before its next start is short again."""


class House:
    """One nats-server and all services under one folder; use `sole_use` around it."""

    def __init__(self, places: Places, *, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        """Start nothing yet.

        Args:
            environment: what the services inherit; it may choose their databases, mail server and clock.
            say: gets what a person should read.

        Raises:
            HouseError: `MWEEK_CLOCK` is not a clock, or the nats-server binary is missing.
        """
        self.places = places
        self.addresses = free_addresses()
        self.server: server.Addresses | None = None
        self.clock = shared_clock(environment.get("MWEEK_CLOCK", ""), real_now=system_time())
        self._environment = {**environment, "MWEEK_CLOCK": self.clock}
        self._say = say
        self._nats = Child(
            Program(
                name=server.NAME,
                command=(str(server.binary()), "--config", str(places.nats / "nats.conf")),
                environment=self._environment,
                log=places.log(server.NAME),
            )
        )
        self._services: dict[ServiceAddress, Child] = {}
        self._migrations: list[Child] = []

    @property
    def mail(self) -> str:
        """Where notices go, as a URL."""
        return mail_url(self.places, self._environment)

    @property
    def nats_url(self) -> str:
        """Where the bus is; known once the house has started."""
        return self._server().nats_url

    @property
    def pids(self) -> dict[str, int]:
        """The process id of the server and of each service."""
        services = {address.service: child.pid for address, child in self._services.items()}
        return {server.NAME: self._nats.pid, **services}

    async def start(self) -> None:
        """Start everything, wait until all of it is ready, and write `run.json`.

        Raises:
            HouseError: a process died or did not get ready; call `stop()` all the same.
        """
        self.places.make()
        runfile.remove_run_file(self.places)
        await self._start_server()
        streams = asyncio.create_task(self._apply_streams())
        try:
            await _all_or_first_error(self._start_service(address, streams) for address in self.addresses)
        finally:
            streams.cancel()
            with suppress(asyncio.CancelledError):
                await streams
        self._write_run_file()

    async def keep_running(self) -> None:
        """Start again whatever ends, with growing pauses; returns only by cancellation."""
        children = (self._nats, *self._services.values())
        await _all_or_first_error(self._keep_running(child) for child in children)

    async def stop(self) -> None:
        """End the services, then the server; say which had to be killed."""
        runfile.remove_run_file(self.places)
        services = (*self._migrations, *reversed(self._services.values()))
        await asyncio.gather(*(self._stop(child) for child in services))
        await self._stop(self._nats)

    async def _start_server(self) -> None:
        server.write_configuration(self.places, self.server)
        await self._nats.start()

        def listens() -> str:
            self.server = server.read_addresses(self.places, self._nats.pid)
            return "listens" if self.server else "its addresses are not known yet"

        answer = await ask_until(self._nats, listens, wanted="listens", seconds=READY_SECONDS)
        if not self.server:
            raise NotReadyError(server.NAME, READY_SECONDS, self._nats.program.log, answer)
        await wait_until_ready(self._nats, f"{self.server.monitoring_url}/healthz", READY_SECONDS)

    async def _apply_streams(self) -> None:
        # Imported here, while other processes are starting: it takes as long as one of them.
        import nats
        from mweek_messaging import apply_streams

        connection = await nats.connect(self.nats_url)
        try:
            await apply_streams(connection)
        finally:
            await connection.close()

    async def _start_service(self, address: ServiceAddress, streams: asyncio.Task[None]) -> None:
        environment = environment_of(address, places=self.places, nats_url=self.nats_url, outer=self._environment)
        migration = Child(program(address.service, "migrate", places=self.places, environment=environment))
        self._migrations.append(migration)
        await migration.start()
        if code := await migration.ended():
            log = migration.program.log
            raise ProcessDiedError(f"{address.service} migrate", code, log, migration.last_lines())
        await streams
        child = Child(program(address.service, "run", places=self.places, environment=environment))
        self._services[address] = child
        await child.start()
        await wait_until_ready(child, f"{address.url}/readyz", READY_SECONDS)

    async def _keep_running(self, child: Child) -> None:
        clock = asyncio.get_running_loop()
        pause = _FIRST_PAUSE_SECONDS
        while True:
            since = clock.time()
            code = await child.ended()
            if clock.time() - since > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            self._say(f"{child.program.name} stopped with exit code {code}; starting it again in {pause:.0f} s.")
            self._say(f"The end of {child.program.log}:\n{child.last_lines()}")
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            await self._start_again(child)

    async def _start_again(self, child: Child) -> None:
        if child is self._nats:
            server.write_configuration(self.places, self.server)
        await child.start()
        self._write_run_file()

    async def _stop(self, child: Child) -> None:
        if not await child.stop():
            self._say(f"{child.program.name} did not end within {ENDING_SECONDS:.0f} s and was killed.")

    def _write_run_file(self) -> None:
        runfile.write_run_file(
            self.places,
            server=self._server(),
            services={address: self._services[address].pid for address in self.addresses},
            mail=self.mail,
            clock=self.clock,
        )

    def _server(self) -> server.Addresses:
        if self.server is None:
            raise HouseError("the house has not started: nobody knows its addresses yet")
        return self.server


async def _all_or_first_error(works: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all at once; when one fails, end the others and raise its error alone."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
