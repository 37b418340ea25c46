"""Where a house keeps its things: the paths under one `var` folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The paths of one house; nothing is made before `make()`."""

    var: Path
    """Absolute: services run in the folder that the house was started from."""

    @classmethod
    def under(cls, folder: Path) -> Places:
        """Return the places under a folder, which may be relative and need not exist."""
        return cls(folder.absolute())

    @property
    def run_file(self) -> Path:
        """Addresses of the running house; exists only while it is up."""
        return self.var / "run.json"

    @property
    def lock_file(self) -> Path:
        """Locked by the house that uses this folder; never removed, which would be a race."""
        return self.var / "run.lock"

    @property
    def nats(self) -> Path:
        """The server's configuration, addresses and JetStream store."""
        return self.var / "nats"

    @property
    def logs(self) -> Path:
        """One `<service>.log` each."""
        return self.var / "log"

    @property
    def mail(self) -> Path:
        """The maildir that notices go to by default."""
        return self.var / "mail"

    @property
    def summary(self) -> Path:
        """What the demo found."""
        return self.var / "summary.json"

    def database(self, service: str) -> Path:
        """The SQLite file of one service."""
        return self.var / f"{service}.sqlite3"

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.logs / f"{name}.log"

    def make(self) -> None:
        """Create the folders that processes write to."""
        for folder in (self.nats, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
