"""Weeks of the reference fleet while its services are told to stop, again and again, in the middle of everything."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nats.aio.client import Client

from tests.support.eventually import pause
from tests.support.installation import SERVICES, Installation, running_installation
from tests.support.misfortune import Misfortune
from tests.support.patience import FOR_EVER_SECONDS, wait_for_ever
from tests.support.weeks_at_work import WeeksAtWork

STOPS_OF_EACH_SERVICE = 15


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[Installation, Client]]:
    """An installation in which neither the server nor the notifier's ledger ever takes a process for dead."""
    seconds = {"MWEEK_NOTIFIER_SEND_SECONDS": str(FOR_EVER_SECONDS / 2)}
    async with running_installation(tmp_path, **seconds) as (installation, connection):
        await wait_for_ever(connection)
        yield installation, connection


@pytest.mark.xdist_group("stopped-services")
async def test_service_that_is_stopped_ends_well_and_leaves_nothing_behind(
    running: tuple[Installation, Client],
) -> None:
    """60 times SIGTERM: exit code 0 within ten seconds, and what was in hand is finished or given back at once."""
    installation, connection = running
    misfortune = Misfortune()

    async def strike() -> None:
        for victim in misfortune.shuffled(SERVICES * STOPS_OF_EACH_SERVICE):
            process = installation.services[victim]
            await asyncio.to_thread(process.wait_until_ready)
            await pause(misfortune.seconds(installation.moment))
            process.signal(signal.SIGTERM)
            within = max(10.0, installation.moment)  # longer only where even starting takes a minute
            assert await asyncio.to_thread(process.ended, within=within) == 0, victim
            process.launch()

    work = WeeksAtWork(connection)
    await work.go_on_while(strike())
    await work.reckon(installation, notifier_kills=0)
