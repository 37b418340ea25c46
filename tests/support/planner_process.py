"""The real planner in processes of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.service_process import ServiceProcess


class PlannerProcess(ServiceProcess):
    """One planner, on a database that others may share."""

    def __init__(self, folder: Path, *, nats_url: str, database_url: str, environment: Mapping[str, str]) -> None:
        super().__init__("planner", folder, nats_url=nats_url, environment=environment, database_url=database_url)
