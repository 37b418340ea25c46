"""What tells others that a house is up: the lock that keeps a second one out, and `run.json` with its addresses."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mweek_local.errors import AlreadyRunningError
from mweek_local.places import Places
from mweek_local.server import Addresses
from mweek_local.services import ServiceAddress


@contextmanager
def sole_use(places: Places) -> Iterator[None]:
    """Hold the folder for one house; the kernel lets go of it when the process ends, however it ends.

    Raises:
        AlreadyRunningError: another house holds it.
    """
    places.var.mkdir(parents=True, exist_ok=True)
    with places.lock_file.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(places.var, _pid_in(places.lock_file)) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def write_run_file(
    places: Places,
    *,
    server: Addresses,
    services: Mapping[ServiceAddress, int],
    mail: str,
    clock: str,
) -> None:
    """Write the addresses and process ids, whole or not at all.

    Args:
        services: the process id of each.
        clock: `MWEEK_CLOCK` of the services; empty is the system's time.
    """
    run = {
        "pid": os.getpid(),
        "nats_url": server.nats_url,
        "nats_monitoring_url": server.monitoring_url,
        "services": {address.service: _service(address, pid) for address, pid in services.items()},
        "mail": mail,
        "clock": clock,
    }
    write_whole(places.run_file, json.dumps(run, indent=2) + "\n")


def remove_run_file(places: Places) -> None:
    """Say that no house is up, even where a killed one left its file behind."""
    places.run_file.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Replace a file so that a reader sees the old text or the new, never half, also after a power cut."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _service(address: ServiceAddress, pid: int) -> dict[str, object]:
    return {
        "pid": pid,
        "http_url": address.url,
        "healthz": f"{address.url}/healthz",
        "readyz": f"{address.url}/readyz",
        "metrics": f"{address.url}/metrics",
    }


def _pid_in(lock_file: Path) -> int | None:
    text = lock_file.read_text(encoding="utf-8").strip()
    return int(text) if text.isdigit() else None
