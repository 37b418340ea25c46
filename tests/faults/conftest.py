"""What tests of disks, databases and lines that fail share: the product's logs as pytest shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mweek_telemetry import configure_logging

from tests.delivery.probe import Probe
from tests.support.nats_server import NatsServer


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> None:
    """As the product logs; structlog's own default is slow and rich."""
    configure_logging("probe", json=False, level="INFO")


@pytest.fixture
def probe(applied_streams: NatsServer, tmp_path: Path) -> Iterator[Probe]:
    """A service with an empty SQLite database and no route yet, not running."""
    made = Probe(applied_streams.url, f"sqlite:///{tmp_path / 'probe.sqlite3'}")
    yield made
    made.database.close()
