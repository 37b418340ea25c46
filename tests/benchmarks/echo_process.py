"""The peer of the planner, in its own process: `python -m tests.benchmarks.echo_process NATS` answers with what it
is asked, by nats-py alone."""

from __future__ import annotations

import asyncio
import signal
import sys

import nats
from nats.aio.msg import Msg


async def echo(url: str) -> None:
    """Answer with what was asked."""
    connection = await nats.connect(url)

    async def answer(message: Msg) -> None:
        await message.respond(message.data)

    await connection.subscribe("req.*.*.request-window.v1", queue="planner", cb=answer)
    await connection.flush()
    print("ready", flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await connection.close()


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1]))
