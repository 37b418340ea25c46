"""The engine and the images, once for all."""

from __future__ import annotations

import pytest

from tests.support.engine import Engine, Images, running_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    """A Docker engine."""
    return running_engine()


@pytest.fixture(scope="session")
def images(engine: Engine) -> Images:
    """The images that the engine runs."""
    return engine.images()
