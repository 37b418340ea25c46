"""The releases that were frozen: their databases, their streams, and what those meant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nats.aio.client import Client

from tests.support.frozen_database import thaw

RELEASED = Path(__file__).parent / "released"
_BATCH = "Nats-Batch-"
RELEASES = tuple(sorted(path.name for path in RELEASED.iterdir()))


@dataclass(frozen=True, slots=True)
class Frozen:
    """What one release left behind on one kind of database."""

    release: str
    dialect: str

    def thaw(self, service: str, url: str) -> None:
        """Make an empty database the one that the release left."""
        thaw(self._read(f"{service}.sql"), url)

    @property
    def command_ids(self) -> Sequence[str]:
        """The commands that were given."""
        return tuple(self._meaning["commands"])

    def meaning(self, service: str) -> Any:
        """Return what the release itself read in the service's database; see `meaning_of`."""
        return self._meaning["meaning"][service]

    def said(self, *streams: str) -> list[Mapping[str, Any]]:
        """Return what streams held, as stream, subject, headers and body, in order."""
        lines = [json.loads(line) for line in self._read("streams.jsonl").splitlines()]
        return [line for line in lines if line["stream"] in streams]

    async def say(self, connection: Client, *streams: str) -> None:
        """Publish what streams held, each message by itself: what made some of them a batch is left out."""
        for line in self.said(*streams):
            headers = {name: value for name, value in line.get("headers", {}).items() if not name.startswith(_BATCH)}
            await connection.jetstream().publish(
                line["subject"], line["body"].encode(), stream=line["stream"], headers=headers or None, timeout=60
            )

    @property
    def _meaning(self) -> Any:
        return json.loads(self._read("meaning.json"))

    def _read(self, name: str) -> str:
        return (RELEASED / self.release / self.dialect / name).read_text(encoding="utf-8")
