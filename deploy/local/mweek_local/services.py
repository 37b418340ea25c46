"""The services as processes: which there are, how each is started and what its environment says."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from mweek_local.child import Program
from mweek_local.places import Places

SERVICES = ("inventory", "planner", "notifier", "auditor")
"""In the order in which messages pass them; ended the other way round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAddress:
    """Where a service answers to HTTP: health, readiness, metrics."""

    service: str
    port: int

    @property
    def url(self) -> str:
        """Without a path."""
        return f"http://127.0.0.1:{self.port}"


def free_addresses(services: Iterable[str] = SERVICES) -> tuple[ServiceAddress, ...]:
    """Return an address with a free port for each service; the ports differ, and stay the same over restarts."""
    with ExitStack() as held:
        sockets = {service: held.enter_context(socket.socket()) for service in services}
        for one in sockets.values():
            one.bind(("127.0.0.1", 0))
        return tuple(ServiceAddress(service=service, port=one.getsockname()[1]) for service, one in sockets.items())


def mail_url(places: Places, outer: Mapping[str, str]) -> str:
    """Return where notices go: what the environment says, else a maildir, so that nothing leaves a laptop."""
    return outer.get("MWEEK_NOTIFIER_MAIL_URL") or f"maildir:{places.mail}"


def environment_of(
    address: ServiceAddress, *, places: Places, nats_url: str, outer: Mapping[str, str]
) -> dict[str, str]:
    """Return the whole environment of one service: the outer one, which may choose databases and mail, and ours."""
    prefix = f"MWEEK_{address.service.upper()}"
    chosen_here = {
        f"{prefix}_DATABASE_URL": f"sqlite:///{places.database(address.service)}",
        "MWEEK_LOG_FORMAT": "console",
        "MWEEK_NOTIFIER_MAIL_URL": mail_url(places, outer),
    }
    fixed = {
        "MWEEK_NATS_URL": nats_url,
        f"{prefix}_HTTP_PORT": str(address.port),
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
    }
    return {**chosen_here, **{name: value for name, value in outer.items() if value}, **fixed}


def program(service: str, command: str, *, places: Places, environment: Mapping[str, str]) -> Program:
    """Return how to start one command of a service, e.g. `run` or `migrate`."""
    return Program(
        name=service,
        command=(sys.executable, "-m", f"mweek_{service}", command),
        environment=environment,
        log=places.log(service),
    )
