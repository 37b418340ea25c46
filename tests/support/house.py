"""All real services over a real nats-server, started as anybody starts them: `mweek-local up`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mweek_local.mailbox import read_mails

from tests.support.databases import Databases
from tests.support.eventually import wait_for

MONDAY_BEFORE = "2026-11-23T08:00Z"
"""The clock of the services: the Monday before week 49, early enough for everybody's notice hours."""

SLOWEST_START_SECONDS = 150.0
REPOSITORY = Path(__file__).parents[2]


class RunningHouse:
    """One `mweek-local up` with its own folder, and an administrator's terminal beside it."""

    def __init__(
        self, var: Path, *, clock: str = MONDAY_BEFORE, databases: Databases | None = None, **settings: str
    ) -> None:
        """Start nothing yet; without `databases` the house chooses SQLite files in `var`, as it does by itself."""
        self.var = var
        outer = {
            name: value for name, value in os.environ.items() if not name.startswith("MWEEK_") and name != "COLUMNS"
        }
        chosen = databases.environment(var) if databases else {}
        self._environment = {**outer, "MWEEK_CLOCK": clock, **chosen, **settings}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> RunningHouse:
        """Start and wait until everything is ready."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "up.log").open("ab") as log:
            command = [sys.executable, "-m", "mweek_local", "up", "--var", str(self.var)]
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        wait_for(self._is_up, within=SLOWEST_START_SECONDS, every=0.05)
        return self

    def stop(self) -> int:
        """End everything in order, as Ctrl-C does, and return the exit code; 0 when it had not been started."""
        return self.end(signal.SIGINT)

    def end(self, how: signal.Signals) -> int:
        """Send a signal to the house alone, wait until it has ended, and return its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        return process.wait(timeout=60)

    @property
    def run(self) -> Mapping[str, Any]:
        """What `run.json` says now."""
        found: Mapping[str, Any] = json.loads((self.var / "run.json").read_text())
        return found

    @property
    def nats_url(self) -> str:
        """Where the bus is."""
        return str(self.run["nats_url"])

    @property
    def said(self) -> str:
        """What `mweek-local up` has told its user so far."""
        return (self.var / "up.log").read_text()

    def log(self, service: str) -> str:
        """What a service has logged so far."""
        return (self.var / "log" / f"{service}.log").read_text()

    def mails(self) -> tuple[EmailMessage, ...]:
        """All mails that were delivered so far, by receiver."""
        return read_mails(self.var / "mail")

    def mails_delivered(self) -> tuple[EmailMessage, ...]:
        """All mails, wherever the house was told to deliver them to."""
        return read_mails(Path(str(self.run["mail"]).removeprefix("maildir:")))

    def mails_to(self, *domains: str) -> tuple[EmailMessage, ...]:
        """The mails to customers whose addresses lie in these domains."""
        return tuple(mail for mail in self.mails() if str(mail["To"]).rpartition("@")[2].rstrip(">") in domains)

    def mweek(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Type an `mweek` command against this house, in the folder that the house was started for."""
        return subprocess.run(
            [sys.executable, "-m", "mweek", *arguments],
            env={**self._environment, "MWEEK_NATS_URL": self.nats_url, **settings},
            cwd=self.var,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def mweek_json(self, *arguments: str, exit_code: int = 0) -> dict[str, Any]:
        """Type a command with `--json` and return what it printed."""
        done = self.mweek(*arguments, "--json")
        assert done.returncode == exit_code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        printed: dict[str, Any] = json.loads(done.stdout)
        assert printed.pop("format_version") == 1
        return printed

    def _is_up(self) -> bool:
        assert self._process
        assert self._process.poll() is None, f"the house ended with {self._process.returncode}:\n{self.said}"
        # A house that was killed has left its file behind: the pid says whose it is.
        return (self.var / "run.json").exists() and self.run["pid"] == self._process.pid


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
