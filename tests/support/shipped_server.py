"""A nats-server with the very configuration file that a deployment gives it, on free ports and a disk of the test's."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from mweek_local.places import Places
from mweek_local.server import write_configuration

from tests.support.nats_server import NatsServer

CONTAINERS = Path(__file__).parents[2] / "deploy" / "nats" / "nats.conf"


class ShippedServer(NatsServer):
    """The server of a deployment. Only where it listens and where it stores is the test's."""

    def __init__(self, folder: Path, configuration: Path, *, disk: Path) -> None:
        """Store the streams on `disk`; what is only the test's lies in `folder`."""
        super().__init__(folder)
        self._configuration = configuration
        self._disk = disk

    @property
    def store(self) -> Path:
        """The folder of the streams."""
        return self._disk / "store"

    def move_to(self, disk: Path) -> None:
        """Start on another disk the next time, at the same address."""
        self._disk = disk

    def _arguments(self) -> Sequence[str | Path]:
        own = self._folder / "nats.conf"
        own.write_text(_changed(self._configuration, "store_dir", f"store_dir: {json.dumps(str(self.store))}"))
        listening = ("--addr", "127.0.0.1", "--port", str(self._port), "--http_port", "-1")
        return ("-c", own, *listening, "--ports_file_dir", self._folder)


def configuration_of_local(folder: Path) -> Path:
    """Return the file that `mweek up` writes."""
    places = Places.under(folder / "house")
    places.make()
    return write_configuration(places, None)


def configuration_of_containers(_folder: Path) -> Path:
    """Return the file that the image of the server gets."""
    return CONTAINERS


def with_default_syncing(configuration: Path, folder: Path) -> Path:
    """Write the same file without what we say about syncing, so that the server's own default holds."""
    unsynced = folder / "default-syncing.conf"
    unsynced.write_text(_changed(configuration, "sync_interval", ""))
    return unsynced


def _changed(configuration: Path, setting: str, line: str) -> str:
    text, said = re.subn(rf"^\s*{setting}:.*$", lambda _: line, configuration.read_text(), flags=re.MULTILINE)
    assert said == 1, f"{configuration} has {said} times {setting}"
    return text
