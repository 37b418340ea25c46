"""The real planner in processes of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.service_process import ServiceProcess


class PlannerProcess(ServiceProcess):
    """One planner on a database of any kind."""

    def __init__(self, folder: Path, *, nats_url: str, database_url: str, environment: Mapping[str, str]) -> None:
        ours = {"MWEEK_PLANNER_DATABASE_URL": database_url}
        super().__init__("planner", folder, nats_url=nats_url, environment={**ours, **environment})
