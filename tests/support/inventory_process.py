"""The real inventory in processes of its own."""

from __future__ import annotations

from pathlib import Path

from tests.support.service_process import ServiceProcess


class InventoryProcess(ServiceProcess):
    """One inventory, on a SQLite file unless told otherwise."""

    def __init__(self, folder: Path, *, nats_url: str, database_url: str | None = None, **environment: str) -> None:
        super().__init__("inventory", folder, nats_url=nats_url, environment=environment, database_url=database_url)
