"""Weeks of the reference fleet while its services, and its nats-server, are killed again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nats.aio.client import Client

from tests.support.eventually import pause
from tests.support.installation import SERVICES, Installation, running_installation
from tests.support.misfortune import Misfortune
from tests.support.weeks_at_work import WeeksAtWork

KILLS_OF_EACH_SERVICE = 13
KILLS_OF_THE_SERVER = 20


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[Installation, Client]]:
    async with running_installation(tmp_path) as running:
        yield running


@pytest.mark.xdist_group("killed-services")
async def test_weeks_come_right_whatever_service_is_killed(running: tuple[Installation, Client]) -> None:
    """52 kills: most of a service at work, some of one that is just starting, now and then several at once."""
    installation, connection = running
    misfortune = Misfortune()
    victims = misfortune.shuffled(SERVICES * KILLS_OF_EACH_SERVICE)

    async def strike() -> None:
        for victim in victims:
            if misfortune.happens(0.75):
                await asyncio.to_thread(installation.services[victim].wait_until_ready)
                await pause(misfortune.seconds(installation.moment))
            await installation.kill(victim)

    work = WeeksAtWork(connection)
    await work.go_on_while(strike())
    await work.reckon(installation, notifier_kills=KILLS_OF_EACH_SERVICE)


@pytest.mark.xdist_group("killed-server")
async def test_weeks_come_right_when_the_server_is_killed(running: tuple[Installation, Client]) -> None:
    """20 kills at random moments, a third of them again while the services are still finding it."""
    installation, connection = running
    misfortune = Misfortune()

    async def strike() -> None:
        for _ in range(KILLS_OF_THE_SERVER):
            if misfortune.happens(0.67):
                await installation.until_ready()
            await pause(misfortune.seconds(installation.moment))
            await installation.kill_server()

    work = WeeksAtWork(connection)
    await work.go_on_while(strike())
    await work.reckon(installation, notifier_kills=0)
