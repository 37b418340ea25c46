"""A line to a server that breaks in the middle of what the server says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def line_that_breaks(port: int, *, after_bytes: int, times: int) -> AsyncIterator[int]:
    """Give a loopback port that leads to `port`.

    The first connections, `times` of them, break after the server has said so many bytes; later ones hold.
    """
    left = times
    pumps: set[asyncio.Task[None]] = set()

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, limit: int | None) -> None:
        said = 0
        with suppress(ConnectionError):
            while part := await source.read(8192):
                said += len(part)
                if limit is not None and said > limit:
                    break
                sink.write(part)
                await sink.drain()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        limit = after_bytes if left > 0 else None
        left -= 1
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        for work in (pump(from_server, writer, limit), pump(reader, to_server, None)):
            task = asyncio.create_task(work)
            pumps.add(task)
            task.add_done_callback(pumps.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(pumps):
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
