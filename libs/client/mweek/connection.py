"""Opens a connection to the bus, or says plainly why there is none."""

from __future__ import annotations

from nats.aio.client import Client as Connection
from nats.errors import Error

from mweek.errors import NotReachableError
from mweek.identity import Identity

_CONNECT_SECONDS = 3
_TRIES = 1
_FOR_EVER = -1
_BETWEEN_TRIES_SECONDS = 1


async def open_connection(url: str, *, name: str, identity: Identity | None = None) -> Connection:
    """Return a connection that survives outages of the server once it stands.

    Args:
        url: `nats://host:port`, several separated by commas; credentials as nats-py takes them.
        name: what the server's administrator sees.
        identity: who connects.

    Raises:
        NotReachableError: nothing usable answers now; better said at once than waited for.
    """
    connection, seen = Connection(), ""

    async def notice(error: Exception) -> None:
        nonlocal seen
        seen = seen or _cause(error)

    try:
        await connection.connect(
            servers=[part.strip() for part in url.split(",")],
            name=name,
            error_cb=notice,
            connect_timeout=_CONNECT_SECONDS,
            max_reconnect_attempts=_TRIES,
            reconnect_time_wait=0,
            **(identity or Identity()).options(),
        )
    except (OSError, Error, ValueError) as error:
        raise NotReachableError(url, seen or _cause(error)) from None
    # From here on outages are waited for: a connection that gives up makes the event loop spin under a pull subscriber.
    connection.options["max_reconnect_attempts"] = _FOR_EVER
    connection.options["reconnect_time_wait"] = _BETWEEN_TRIES_SECONDS
    return connection


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__
