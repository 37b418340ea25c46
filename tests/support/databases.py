"""The databases of services under test: SQLite files, or a real PostgreSQL, as `--database` says."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from tests.support.postgres import PostgresCluster

SERVICES = ("inventory", "planner", "notifier", "auditor")


class Databases:
    """Makes an empty database for whoever asks."""

    def __init__(self, cluster: PostgresCluster | None = None) -> None:
        """Make databases of the cluster; SQLite files without one."""
        self._cluster = cluster
        self._made = count(1)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self._cluster is None else "postgresql"

    def new(self, folder: Path, service: str = "service") -> str:
        """Return the URL of an empty database; a SQLite file lies in `folder` and does not exist yet."""
        if self._cluster is not None:
            return self._cluster.new_database()
        return f"sqlite:///{folder / f'{service}-{next(self._made)}.sqlite3'}"

    def urls(self, folder: Path) -> dict[str, str]:
        """Return an empty database for each service."""
        return {service: self.new(folder, service) for service in SERVICES}

    def environment(self, folder: Path) -> dict[str, str]:
        """Return settings that give each service of a house an empty database."""
        return {f"MWEEK_{service.upper()}_DATABASE_URL": url for service, url in self.urls(folder).items()}
