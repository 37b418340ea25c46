"""A real service in processes of its own: running, killed, stopped, and the commands that a person gives beside it."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.support.eventually import wait_for
from tests.support.prepared_process import Running, start_process

SLOWEST_START_SECONDS = 90.0
"""On a machine with more tests than processors."""
SLOWEST_STOP_SECONDS = 30.0


class ServiceProcess:
    """One `mweek-<service> run`. `kill` is a crash; `start` after it comes back on the same database."""

    def __init__(
        self,
        service: str,
        folder: Path,
        *,
        nats_url: str,
        environment: Mapping[str, str],
        database_url: str | None = None,
    ) -> None:
        """Start nothing yet; without `database_url` the database is a SQLite file in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._module = f"mweek_{service}"
        self._log = folder / f"{service}.log"
        self._port = _free_port()
        self._process: Running | None = None
        self._migrated = False
        prefix = f"MWEEK_{service.upper()}"
        self.environment = {
            **os.environ,
            "MWEEK_NATS_URL": nats_url,
            f"{prefix}_DATABASE_URL": database_url or f"sqlite:///{folder / service}.sqlite3",
            f"{prefix}_HTTP_PORT": str(self._port),
            **environment,
        }

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text()

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process
        return self._process.pid

    def at(self, clock: str) -> Self:
        """Let the clock of the next start begin at this instant."""
        self.environment["MWEEK_CLOCK"] = clock
        return self

    def start(self) -> Self:
        """Start on a migrated database, and wait until it is ready."""
        self.migrate()
        self.launch()
        self.wait_until_ready()
        return self

    def migrate(self) -> None:
        """Bring the database to the schema, once."""
        if not self._migrated:
            done = self.command("migrate")
            assert done.returncode == 0, done.stderr
            self._migrated = True

    def launch(self) -> None:
        """Start on a database that was migrated, and do not wait."""
        self._process = self._started(("run",), output=self._log, errors=self._log)

    def wait_until_ready(self) -> None:
        """Wait until it takes messages.

        Raises:
            AssertionError: it ended, or was not ready in time; says what it logged.
        """
        try:
            wait_for(self.is_ready, within=SLOWEST_START_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\nhealth: {self.health()}\n{self.log[-4_000:]}") from None

    def health(self) -> dict[str, Any]:
        """Return what /healthz says; where nothing answers, that it is not ok and has no parts."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/healthz", timeout=2) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return {"ok": False, "parts": {}}

    def red(self, part: str) -> str:
        """Return what /healthz says of a red part; nothing while it is green, or the page does not answer."""
        state = self.health()["parts"].get(part, {"ok": True})
        return "" if state["ok"] else str(state["detail"])

    @property
    def resident_megabytes(self) -> float:
        """How much memory it uses now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6

    def ensure_running(self) -> None:
        """Start unless it runs."""
        if self._process is None:
            self.start()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the service on the same database, to its end."""
        with tempfile.TemporaryDirectory() as folder:
            output, errors = Path(folder) / "output", Path(folder) / "errors"
            code = self._started(arguments, output=output, errors=errors).wait(SLOWEST_START_SECONDS)
            return subprocess.CompletedProcess(arguments, code, output.read_text(), errors.read_text())

    def kill(self) -> None:
        """End the process without warning; it must still run."""
        assert self._process
        assert self._process.poll() is None, f"it ended by itself with {self._process.poll()}:\n{self.log}"
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(SLOWEST_STOP_SECONDS)
        self._process = None

    def stop(self) -> int | None:
        """End the process in order and return its exit code; None when it is gone already."""
        if self._process is None:
            return None
        self._process.send_signal(signal.SIGTERM)
        self._process.send_signal(signal.SIGCONT)  # a test may have frozen it
        code = self._process.wait(SLOWEST_STOP_SECONDS)
        self._process = None
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal and do not wait; SIGSTOP freezes the process, SIGCONT lets it go on."""
        assert self._process
        self._process.send_signal(number)

    def ended(self, *, within: float = SLOWEST_STOP_SECONDS) -> int:
        """Wait until a process that was told to has ended, and return its exit code."""
        assert self._process
        code = self._process.wait(within)
        self._process = None
        return code

    def is_ready(self) -> bool:
        """Tell whether it takes messages; it must run."""
        assert self._process
        assert self._process.poll() is None, f"it ended with {self._process.poll()}:\n{self.log}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _started(self, arguments: Sequence[str], *, output: Path, errors: Path) -> Running:
        return start_process(self._module, arguments, self.environment, output=output, errors=errors)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
