"""The Compose profile that we ship, up and running under a name of its own, and an administrator inside of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.support.engine import REPOSITORY, Images, compose_command

FOLDER: Final = REPOSITORY / "deploy/compose"
_LONGEST_SECONDS: Final = 300


class ComposeProfile:
    """deploy/compose/compose.yaml with our images; `clock` is that of the services."""

    def __init__(self, images: Images, *, clock: str) -> None:
        self._command = compose_command()
        self._project = f"mweek-test-{os.getpid()}"
        self._environment = {
            **os.environ,
            "MWEEK_IMAGE": images.mweek,
            "MWEEK_NATS_IMAGE": images.nats,
            "MWEEK_POSTGRES_IMAGE": images.postgres,
            "MWEEK_NATS_PORT": str(_free_port()),
            "MWEEK_DATABASE_PASSWORD": "only4tests",
            "MWEEK_CLOCK": clock,
        }

    def up(self) -> None:
        """Start everything."""
        self._compose("up", "-d")

    def down(self) -> None:
        """Remove everything, what was stored too."""
        self._compose("down", "--volumes", "--timeout", "15")

    def mweek(self, *arguments: str, file: Path | None = None) -> str:
        """Type an `mweek` command in a container of the image; `file` is mounted as /fleet.yaml."""
        volume = ["-v", f"{file}:/fleet.yaml:ro"] if file else []
        return self._compose("run", "--rm", "-T", *volume, "planner", "mweek", *arguments)

    def mweek_json(self, *arguments: str) -> dict[str, Any]:
        """Type a command with `--json` and return what it printed."""
        printed: dict[str, Any] = json.loads(self.mweek(*arguments, "--json"))
        return printed

    def inside(self, service: str, *command: str) -> str:
        """Run a command in the running container of a service."""
        return self._compose("exec", "-T", service, *command)

    def beside(self, service: str, *command: str) -> str:
        """Run a command of our image in the network of a service's container, whose loopback nobody else reaches."""
        network = f"container:{self._container(service)}"
        return self._run(["docker", "run", "--rm", "--network", network, self._environment["MWEEK_IMAGE"], *command])

    def state(self, service: str) -> dict[str, Any]:
        """Return what the engine says of a service's container."""
        inspected = self._run(["docker", "inspect", self._container(service)])
        found: dict[str, Any] = json.loads(inspected)[0]
        return found

    def stop(self, service: str) -> None:
        """Stop a service in order, as `docker stop` does."""
        self._compose("stop", service)

    def _container(self, service: str) -> str:
        return self._compose("ps", "-a", "-q", service).split()[0]

    def _compose(self, *arguments: str) -> str:
        return self._run([*self._command, "-f", str(FOLDER / "compose.yaml"), "-p", self._project, *arguments])

    def _run(self, command: Sequence[str]) -> str:
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
