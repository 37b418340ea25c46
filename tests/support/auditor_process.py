"""The real auditor in processes of its own."""

from __future__ import annotations

from pathlib import Path

from tests.support.service_process import ServiceProcess


class AuditorProcess(ServiceProcess):
    """One auditor on a SQLite file."""

    def __init__(self, folder: Path, *, nats_url: str, clock: str, **environment: str) -> None:
        super().__init__("auditor", folder, nats_url=nats_url, environment={"MWEEK_CLOCK": clock, **environment})
