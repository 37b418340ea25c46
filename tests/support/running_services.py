"""A nats-server and all services as processes of their own, in one folder that can be copied when all is stopped."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mweek_local.mailbox import read_mails

from tests.support.eventually import wait_for
from tests.support.nats_server import NatsServer
from tests.support.service_process import ServiceProcess

SERVICES: Final = ("inventory", "planner", "notifier", "auditor")


def clock_from_now(text: str) -> str:
    """Return `MWEEK_CLOCK` that begins at an instant now, for services that start, and start again, at any time."""
    return f"{text},from={datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


class RunningServices:
    """What a house is, but in parts: each may be damaged, stopped and started alone."""

    def __init__(self, folder: Path, *, clock: str, databases: Mapping[str, str] | None = None) -> None:
        """Start nothing yet.

        Args:
            databases: URLs by service; by default SQLite files in the folder.
        """
        self.folder = folder
        self.server = NatsServer(folder / "nats")
        self.databases = {name: f"sqlite:///{folder / name}.sqlite3" for name in SERVICES} | dict(databases or {})
        self._clock = clock
        self._migrated = False
        self.services: dict[str, ServiceProcess] = {}

    def start(self) -> RunningServices:
        """Start everything and wait until all services are ready."""
        self.server.start()
        assert self.mweek("streams", "apply").returncode == 0
        self.start_services()
        return self

    def start_services(self) -> None:
        """Start the services, all at once."""
        self.services = {name: self._service(name) for name in SERVICES}
        for service in self.services.values() if not self._migrated else ():
            service.migrate()
        self._migrated = True
        for service in self.services.values():
            service.launch()
        for service in self.services.values():
            service.wait_until_ready()

    def stop(self) -> None:
        """Stop everything, the server last."""
        self.stop_services()
        self.server.stop()

    def stop_services(self) -> None:
        """Stop the services in order."""
        for service in self.services.values():
            service.stop()
        self.services = {}

    def copy_to(self, folder: Path) -> RunningServices:
        """Return the same in another folder; everything must be stopped, and the databases be SQLite files."""
        shutil.copytree(self.folder, folder)
        for ports in (folder / "nats").glob("*.ports"):
            ports.unlink()
        copy = RunningServices(folder, clock=self._clock)
        copy._migrated = True
        return copy

    def mweek(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Type an `mweek` command."""
        own = {f"MWEEK_{name.upper()}_DATABASE_URL": url for name, url in self.databases.items()}
        return subprocess.run(
            [sys.executable, "-m", "mweek", *arguments],
            env={**os.environ, **own, "MWEEK_NATS_URL": self.server.url, "MWEEK_CLOCK": self._clock},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def mweek_json(self, *arguments: str) -> dict[str, Any]:
        """Type a command with `--json` and return what it printed; it must succeed."""
        done = self.mweek(*arguments, "--json")
        assert done.returncode == 0, f"{arguments}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        printed: dict[str, Any] = json.loads(done.stdout)
        assert printed.pop("format_version") == 1
        return printed

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of all mails that were delivered, sorted."""
        return sorted(str(mail["Message-ID"]) for mail in read_mails(self.folder / "mail"))

    def red(self) -> dict[str, dict[str, str]]:
        """Return what is red, by service and part."""
        return {
            name: {part: said["detail"] for part, said in service.health()["parts"].items() if not said["ok"]}
            for name, service in self.services.items()
        }

    def wait_until_all_well(self, *, within: float = 60.0) -> None:
        """Wait until every service takes messages again and nothing is red."""
        for service in self.services.values():
            wait_for(lambda one=service: one.health()["ok"], within=within, every=0.1)  # type: ignore[misc]
            service.wait_until_ready()

    def _service(self, name: str) -> ServiceProcess:
        environment = {"MWEEK_CLOCK": self._clock, f"MWEEK_{name.upper()}_DATABASE_URL": self.databases[name]}
        if name == "notifier":
            environment["MWEEK_NOTIFIER_MAIL_URL"] = f"maildir:{self.folder / 'mail'}"
        return ServiceProcess(name, self.folder, nats_url=self.server.url, environment=environment)
