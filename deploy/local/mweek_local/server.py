"""The embedded nats-server: its configuration, its addresses, and when it is ready."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from mweek_local.errors import MissingProgramError
from mweek_local.places import Places

NAME = "nats-server"

_CONFIGURATION = """\
# Written by mweek-local on every start. Loopback only; a JetStream that syncs every write before it acknowledges,
# because the default loses the last two minutes when the power goes.
server_name: "mweek-local"
host: "127.0.0.1"
port: {port}
http: "127.0.0.1:{monitoring_port}"
ports_file_dir: {folder}
jetstream {{
  store_dir: {store}
  sync_interval: always
}}
"""

ANY_PORT = -1


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the server listens."""

    nats_port: int
    monitoring_port: int

    @property
    def nats_url(self) -> str:
        """For clients and services."""
        return f"nats://127.0.0.1:{self.nats_port}"

    @property
    def monitoring_url(self) -> str:
        """The server's own pages, e.g. `/healthz` and `/jsz`."""
        return f"http://127.0.0.1:{self.monitoring_port}"


def binary() -> Path:
    """Return the path of the nats-server binary, which pip puts beside the interpreter.

    Raises:
        MissingProgramError: it is not there, nor on the PATH.
    """
    beside = Path(sys.executable).parent / NAME
    if beside.exists():
        return beside
    found = shutil.which(NAME)
    if found is None:
        raise MissingProgramError(NAME, str(beside.parent))
    return Path(found)


def write_configuration(places: Places, addresses: Addresses | None) -> Path:
    """Write the configuration file and return its path; without addresses the server takes any free ports."""
    for stale in places.nats.glob(f"{NAME}_*.ports"):
        stale.unlink()
    text = _CONFIGURATION.format(
        port=addresses.nats_port if addresses else ANY_PORT,
        monitoring_port=addresses.monitoring_port if addresses else ANY_PORT,
        folder=json.dumps(str(places.nats)),
        store=json.dumps(str(places.nats / "store")),
    )
    path = places.nats / "nats.conf"
    path.write_text(text, encoding="utf-8")
    return path


def read_addresses(places: Places, pid: int) -> Addresses | None:
    """Return where the server with this process id listens, or None while it has not said so."""
    path = places.nats / f"{NAME}_{pid}.ports"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Addresses(_port(said["nats"][0]), _port(said["monitoring"][0]))
    except (FileNotFoundError, ValueError):
        return None  # not written yet, or only half


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])
