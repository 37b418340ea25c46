"""The real inventory in processes of its own: the service, and the command that a person gives beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tests.support.eventually import wait_for

SLOWEST_START_SECONDS = 90.0
"""On a machine with more tests than processors."""
SLOWEST_STOP_SECONDS = 30.0


class InventoryProcess:
    """One `mweek-inventory run`. `kill` is a crash; `start` after it comes back on the same database."""

    def __init__(self, folder: Path, *, nats_url: str) -> None:
        self._log = folder / "inventory.log"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "MWEEK_NATS_URL": nats_url,
            "MWEEK_INVENTORY_DATABASE_URL": f"sqlite:///{folder / 'inventory.sqlite3'}",
            "MWEEK_INVENTORY_HTTP_PORT": str(self._port),
        }

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text()

    def start(self) -> InventoryProcess:
        """Migrate the database, start, and wait until it is ready."""
        self.command("migrate").check_returncode()
        with self._log.open("ab") as log:
            arguments = [sys.executable, "-m", "mweek_inventory", "run"]
            self._process = subprocess.Popen(arguments, env=self._environment, stdout=log, stderr=log)
        wait_for(self._is_ready, within=SLOWEST_START_SECONDS)
        return self

    def ensure_running(self) -> None:
        """Start unless it runs."""
        if self._process is None:
            self.start()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the inventory on the same database, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "mweek_inventory", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=SLOWEST_START_SECONDS,
            check=False,
        )

    def kill(self) -> None:
        """End the process without warning."""
        assert self._process
        self._process.kill()
        self._process.wait(timeout=SLOWEST_STOP_SECONDS)
        self._process = None

    def stop(self) -> int | None:
        """End the process in order and return its exit code; None when it is gone already."""
        if self._process is None:
            return None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=SLOWEST_STOP_SECONDS)
        self._process = None
        return code

    def _is_ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, f"it ended with {self._process.returncode}:\n{self.log}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
