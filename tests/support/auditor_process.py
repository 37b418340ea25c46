"""The real auditor in processes of its own."""

from __future__ import annotations

from pathlib import Path

from tests.support.service_process import ServiceProcess


class AuditorProcess(ServiceProcess):
    """One auditor, on a SQLite file unless told otherwise."""

    def __init__(
        self, folder: Path, *, nats_url: str, clock: str, database_url: str | None = None, **environment: str
    ) -> None:
        ours = {"MWEEK_CLOCK": clock, **environment}
        super().__init__("auditor", folder, nats_url=nats_url, environment=ours, database_url=database_url)
