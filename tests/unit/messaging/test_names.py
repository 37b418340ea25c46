"""What the package offers by name."""

from __future__ import annotations

import subprocess
import sys

import mweek_messaging
import pytest


def test_every_name_is_there() -> None:
    assert all(getattr(mweek_messaging, name).__name__ for name in mweek_messaging.__all__)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'shout'"):
        mweek_messaging.shout  # noqa: B018


def test_client_needs_neither_faststream_nor_a_database() -> None:
    imports = "import sys, mweek.client, mweek.agent.bus_planner"
    program = f"{imports}; print(*{{'faststream', 'sqlalchemy'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
