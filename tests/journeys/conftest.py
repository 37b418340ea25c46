"""One house for all journeys that only use it; those that end it or break it start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases import Databases
from tests.support.house import RunningHouse


@pytest.fixture(scope="session")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    """A running house; each journey in it uses a location of its own."""
    running = RunningHouse(tmp_path_factory.mktemp("house") / "var", databases=databases)
    try:
        yield running.start()
    finally:
        running.stop()
