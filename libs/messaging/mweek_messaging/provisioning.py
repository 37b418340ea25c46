"""Makes the streams and durable consumers of a server match the contracts. The only code that creates any."""

from __future__ import annotations

from nats.aio.client import Client


async def apply_streams(connection: Client, *, replicas: int = 1) -> list[str]:
    """Create what is missing and update what differs; returns one sentence per change, none when all was right.

    Streams and consumers that the contracts do not know are left alone.

    Raises:
        ProvisioningError: the server refuses a change, e.g. of a retention, and what to do.
    """
    raise NotImplementedError


async def drift_of_streams(connection: Client, *, replicas: int = 1) -> list[str]:
    """Return what `apply_streams` would change, one sentence each, and change nothing."""
    raise NotImplementedError
