"""A line to a server on which nothing that the server says comes through, once the client has said a certain thing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress


class DeafLine:
    """Leads from a loopback port to a server's."""

    def __init__(self, word: bytes) -> None:
        self.port = 0
        self.is_deaf = False
        """Whether the word was said; it stays so, for later connections as well."""
        self._word = word

    async def to_server(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Pass on what the client says."""
        heard = b""
        while part := await source.read(8192):
            heard = heard[-len(self._word) :] + part
            self.is_deaf = self.is_deaf or self._word in heard
            sink.write(part)
            await sink.drain()

    async def to_client(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Pass on what the server says, while the client may hear it."""
        while part := await source.read(8192):
            if not self.is_deaf:
                sink.write(part)
                await sink.drain()


@asynccontextmanager
async def line_that_goes_deaf(port: int, *, at: bytes) -> AsyncIterator[DeafLine]:
    """Give a line to a loopback port on which the client hears nothing more once it has said a word."""
    line = DeafLine(at)
    pumps: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        both = (line.to_server(reader, to_server), to_server), (line.to_client(from_server, writer), writer)
        for pump, sink in both:
            task = asyncio.create_task(_until_closed(pump, sink))
            pumps.add(task)
            task.add_done_callback(pumps.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        for task in tuple(pumps):
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _until_closed(pump: Coroutine[None, None, None], sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        await pump
    sink.close()
