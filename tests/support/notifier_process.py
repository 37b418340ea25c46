"""The real notifier in a process of its own, with a maildir unless told otherwise."""

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
from tests.support.mailbox import ReadMail, read_maildir

SLOWEST_START_SECONDS = 30.0
SLOWEST_STOP_SECONDS = 15.0


class NotifierProcess:
    """One `mweek-notifier run`. `kill` is a crash; `start` after it comes back on the same database."""

    def __init__(self, folder: Path, *, nats_url: str, clock: str, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "notifier.log"
        self._maildir = folder / "mail"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_migrated = False
        self._environment = {
            **os.environ,
            "MWEEK_NATS_URL": nats_url,
            "MWEEK_CLOCK": clock,
            "MWEEK_NOTIFIER_DATABASE_URL": f"sqlite:///{folder / 'notifier.sqlite3'}",
            "MWEEK_NOTIFIER_HTTP_PORT": str(self._port),
            "MWEEK_NOTIFIER_MAIL_URL": f"maildir:{self._maildir}",
            "MWEEK_NOTIFIER_SENDER": "maintenance@hoster.example",
            "MWEEK_OPERATOR_EMAIL": "noc@hoster.example",
            **environment,
        }

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text()

    def mails(self) -> list[ReadMail]:
        """Return what lies in the maildir."""
        return read_maildir(self._maildir)

    def start(self) -> NotifierProcess:
        """Migrate the database (the first time), start, and wait until it is ready."""
        if not self._is_migrated:
            self._is_migrated = self._run("migrate").wait(timeout=SLOWEST_START_SECONDS) == 0
        self._process = self._run("run")
        wait_for(self._is_ready, within=SLOWEST_START_SECONDS)
        return self

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
                [sys.executable, "-m", "mweek_notifier", command], env=self._environment, stdout=log, stderr=log
            )

    def _is_ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, f"the notifier ended with {self._process.returncode}:\n{self.log}"
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
