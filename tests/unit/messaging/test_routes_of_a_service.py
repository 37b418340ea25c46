"""Parts that do not fit together are refused before anything runs."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_messaging import Route
from mweek_messaging.processing import Processor
from mweek_outbox import open_database
from mweek_timewindows.clock import Clock
from sqlmodel import Session


def _ignore(session: Session, message: object) -> None:
    """Stand for a handler that is never called."""


def test_two_routes_for_one_message_are_refused() -> None:
    clock = Clock.parse("", real_now=lambda: datetime.now(UTC), monotonic=time.monotonic)
    routes = (Route(ScheduleWeekV1, _ignore), Route(ScheduleWeekV1, _ignore))
    with pytest.raises(ValueError, match="two routes name the same message class"):
        Processor(routes=routes, database=open_database("sqlite://"), clock=clock)
