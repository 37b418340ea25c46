"""Opens a connection to the bus, or says plainly why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nats.aio.client import Client as Connection
from nats.errors import Error

from mweek.errors import ClientError, NotReachableError

_CONNECT_SECONDS = 3
_TRIES = 1
_FOR_EVER = -1
_BETWEEN_TRIES_SECONDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who connects, where the URL does not say it."""

    creds: Path | None = None
    """A file with a JWT and the seed of its nkey."""
    nkey: Path | None = None
    """A file with the seed of an nkey."""
    inbox_prefix: str = "_INBOX"
    """Under which the connection may hear replies; some servers give each user one of its own."""

    def options(self) -> dict[str, Any]:
        """Return what nats-py takes; raises ClientError where that cannot be used here."""
        found: dict[str, Any] = {"inbox_prefix": self.inbox_prefix}
        for name, path in (("user_credentials", self.creds), ("nkeys_seed", self.nkey)):
            if path is not None:
                _need_nkeys(path)
                found[name] = str(path)
        return found


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


def _need_nkeys(path: Path) -> None:
    if not path.is_file():
        raise ClientError(f"{path}: there is no such file to prove with who connects")
    if find_spec("nkeys") is None:
        raise ClientError(f"{path}: to use it, the package nkeys must be installed: pip install nkeys")
