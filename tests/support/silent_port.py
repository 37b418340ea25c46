"""A port that nobody else takes, and what may answer there in place of a server: nothing, or one sentence."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress


@contextmanager
def held_port() -> Iterator[int]:
    """Give a loopback port where connections are refused as long as nobody listens with `listening_socket`."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@asynccontextmanager
async def talking_port(port: int, *, says: str | None) -> AsyncIterator[None]:
    """Listen on a held port: say one line to whoever comes and close; or, with None, say nothing for ever."""
    connected: set[asyncio.StreamWriter] = set()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.add(writer)
        if says is not None:
            with suppress(ConnectionError):
                writer.write(f"{says}\r\n".encode())
                await writer.drain()
                writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, reuse_port=True)
    try:
        yield
    finally:
        server.close()
        for writer in connected:
            writer.close()
