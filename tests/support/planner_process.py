"""The real planner in a process of its own, and the bus around it as its neighbours use it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.support.eventually import wait_for

SLOWEST_START_SECONDS = 60.0
SLOWEST_STOP_SECONDS = 15.0


class PlannerProcess:
    """One `mweek-planner run`. `kill` is a crash; `start` after it comes back on the same database."""

    def __init__(self, folder: Path, *, nats_url: str, database_url: str, environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "planner.log"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._migrated = False
        self._environment = {
            **os.environ,
            "MWEEK_NATS_URL": nats_url,
            "MWEEK_PLANNER_DATABASE_URL": database_url,
            "MWEEK_PLANNER_HTTP_PORT": str(self._port),
            **environment,
        }

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text()

    def at(self, clock: str) -> PlannerProcess:
        """Let the clock of the next start begin at this instant."""
        self._environment["MWEEK_CLOCK"] = clock
        return self

    def start(self) -> PlannerProcess:
        """Start on a migrated database, and wait until it is ready."""
        self.migrate()
        self.launch()
        self.wait_until_ready()
        return self

    def migrate(self) -> None:
        """Bring the database to the schema, once."""
        if not self._migrated:
            assert self._run("migrate").wait(timeout=SLOWEST_START_SECONDS) == 0, self.log
            self._migrated = True

    def launch(self) -> None:
        """Start on a database that was migrated, and do not wait."""
        self._process = self._run("run")

    def wait_until_ready(self) -> None:
        """Wait until it takes messages."""
        wait_for(self._is_ready, within=SLOWEST_START_SECONDS)

    def ensure_running(self) -> None:
        """Start unless it runs."""
        if self._process is None:
            self.start()

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

    def _run(self, command: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "mweek_planner", command], env=self._environment, stdout=log, stderr=log
            )

    def _is_ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, f"the planner ended with {self._process.returncode}:\n{self.log}"
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
