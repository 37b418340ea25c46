"""Builds the connection to NATS, as a function: nothing connects before `run_service` says so."""

from __future__ import annotations

from typing import Any, Final, Protocol

import structlog
from faststream.middlewares import AckPolicy
from faststream.nats import NatsBroker

from mweek_messaging.observation import HealthBoard

STOPPING_SECONDS: Final = 6.0
"""How long a handler in progress may take to finish once the service is asked to stop; the exit is due in 10."""

_AWAY: Final = (
    "no connection to the server: look at the nats-server and at the network. The service connects again by itself, "
    "and nothing is lost meanwhile"
)
_log = structlog.get_logger()


class ConnectionListener(Protocol):
    """Who has to act on what becomes of the connection."""

    def reconnected(self) -> None:
        """The server is back; it may be another one than before."""

    def closed(self) -> None:
        """The connection is closed for good. Must end the process unless that is stopping anyway: under a pull
        subscription, a closed connection makes FastStream turn the event loop at full speed."""


def build_broker(url: str, *, service: str, health: HealthBoard, listener: ConnectionListener) -> NatsBroker:
    """Return a broker that is not connected yet.

    Args:
        url: one address, or several separated by commas.
        service: names the connection and its inboxes (`_INBOX_<service>.>`), which permissions can then name.
        health: part `nats` follows the connection, `nats-permissions` stays red once the server has refused something.
    """
    watch = _ConnectionWatch(health, listener)
    return NatsBroker(
        [address.strip() for address in url.split(",")],
        name=f"mweek-{service}",
        inbox_prefix=inbox_prefix(service),
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        connect_timeout=5,
        ping_interval=10,  # a peer that is silent for 30 s is given up; by default after eight minutes
        max_outstanding_pings=2,
        drain_timeout=2,
        error_cb=watch.error,
        disconnected_cb=watch.disconnected,
        reconnected_cb=watch.reconnected,
        closed_cb=watch.closed,
        graceful_timeout=STOPPING_SECONDS,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        apply_types=False,  # messages are validated by their own class; nothing is injected
        logger=None,  # the delivery policy logs, with the ids of the message
    )


def inbox_prefix(service: str) -> str:
    """Return the prefix of a service's inboxes, without the dot."""
    return f"_INBOX_{service}"


class _ConnectionWatch:
    def __init__(self, health: HealthBoard, listener: ConnectionListener) -> None:
        self._health = health
        self._listener = listener

    async def error(self, error: Exception) -> None:
        sentence = str(error) or type(error).__name__
        _log.error("nats error", error=sentence)
        if "permissions violation" in sentence.lower():
            # A refused publish raises nothing where it was made: this is the only place that hears of it.
            self._health.set("nats-permissions", False, f"{sentence}; compare the user's rights with the contracts")

    async def disconnected(self, *_: Any) -> None:
        _log.warning("nats disconnected")
        self._health.set("nats", False, _AWAY)

    async def reconnected(self, *_: Any) -> None:
        _log.info("nats reconnected")
        self._health.set("nats", True, "connected")
        self._listener.reconnected()

    async def closed(self, *_: Any) -> None:
        self._listener.closed()
