"""The peer: bare nats-py clients, a process for each service, that move the same messages through the same server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nats
from mweek_messaging.provisioning import apply_streams
from nats.aio.client import Client

from tests.benchmarks.bare_client import STAGES
from tests.benchmarks.moved import Moved, write
from tests.benchmarks.process_use import uses_of
from tests.benchmarks.services_run import SERVER, SERVICES, ServicesRun, Stage
from tests.support.nats_server import NatsServer

_ADMINISTRATOR = "administrator"


async def run_bare(services: ServicesRun, folder: Path) -> tuple[Stage, Stage]:
    """Move what a run has moved, stage by stage: the same streams, consumers, subjects, headers and bodies."""
    folder.mkdir(parents=True)
    stages = (services.importing.messages, services.scheduling.messages)
    for name, messages in zip(STAGES, stages, strict=True):
        write(messages, folder / f"{name}.jsonl")
    server = NatsServer(folder / "nats").start()
    try:
        connection = await nats.connect(server.url)
        await apply_streams(connection)
        with _clients(server.url, folder) as clients:
            pids = {service: process.pid for service, process in clients.items()} | {SERVER: server.pid}
            first, second = [await _stage(clients, pids, connection, messages) for messages in stages]
        await connection.close()
    finally:
        server.stop()
    return first, second


@contextmanager
def _clients(url: str, folder: Path) -> Iterator[dict[str, subprocess.Popen[str]]]:
    clients = {service: _client(url, service, folder) for service in SERVICES}
    try:
        yield clients
    finally:
        for process in clients.values():
            process.kill()
            process.communicate()


def _client(url: str, service: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.bare_client", url, service, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def _stage(
    clients: dict[str, subprocess.Popen[str]], pids: dict[str, int], connection: Client, messages: Sequence[Moved]
) -> Stage:
    for process in clients.values():
        await _heard(process, "ready")
    before, began = uses_of(pids), time.perf_counter()
    for process in clients.values():
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    await _say(connection, [one for one in messages if one.source == _ADMINISTRATOR])
    for process in clients.values():
        await _heard(process, "done")
    seconds, after = time.perf_counter() - began, uses_of(pids)
    return Stage(seconds, {name: after[name].since(before[name]) for name in pids}, messages)


async def _say(connection: Client, commands: Sequence[Moved]) -> None:
    """Publish commands as the measured run's administrator does: each acknowledged before the next."""
    for one in commands:
        await connection.jetstream().publish(
            one.subject, one.body.encode(), stream=one.stream, headers=one.headers, timeout=30
        )


async def _heard(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout
    said = await asyncio.to_thread(process.stdout.readline)
    assert said.strip() == word, f"a bare client ended: {process.poll()}"
