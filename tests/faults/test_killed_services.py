"""Weeks of the reference fleet while its services, and its nats-server, are killed again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path

import pytest
from mweek_contracts.documents import read_fleet
from nats.aio.client import Client

from tests.support.administrator import LONGEST_OUTAGE_SECONDS, Administrator
from tests.support.eventually import pause
from tests.support.fleets import REFERENCE
from tests.support.installation import SERVICES, Installation, running_installation
from tests.support.misfortune import Misfortune
from tests.support.reckoning import check_commands, check_mails, check_no_dead_letters, check_weeks

WEEKS = ("2026-W49", "2026-W50", "2026-W51", "2026-W52")
KILLS_OF_EACH_SERVICE = 13
KILLS_OF_THE_SERVER = 20
LONGEST_DELAY_SECONDS = 1.5
"""Importing, planning, mailing and auditing one revision takes a second or two on an idle machine."""


class Work:
    """What goes on meanwhile: weeks are scheduled one after the other, and revised after records have changed."""

    def __init__(self, connection: Client) -> None:
        self._administrator = Administrator(connection, "rzob")
        self._fleet = read_fleet(REFERENCE)
        self._numbers = count(1)
        self._weeks: set[str] = set()

    async def go_on_while(self, striking: Coroutine[None, None, None]) -> None:
        """Work until the strikes are over; a failure of either ends both."""
        strikes = asyncio.ensure_future(striking)
        try:
            await self._administrator.put_fleet(self._fleet)
            for week in cycle(WEEKS):
                await self._schedule(week)
                await self._change_records()
                await self._schedule(week)
                if strikes.done():
                    break
            await strikes
        finally:
            strikes.cancel()

    async def reckon(self, installation: Installation, *, notifier_kills: int) -> None:
        """Wait until nothing moves any more, and see that everything is as if nobody had ever died."""
        connection = self._administrator.connection
        await installation.until_ready()
        for week in self._weeks:
            await self._administrator.until_passed(week)
        await installation.at_rest(connection, within=LONGEST_OUTAGE_SECONDS)
        events = await self._administrator.events()
        check_commands(self._administrator.asked, events)
        check_weeks(events, [machine.name for machine in self._fleet.machines])
        check_mails(installation.mail_server.mails, events, notifier_kills=notifier_kills)
        await check_no_dead_letters(connection)

    async def _schedule(self, week: str) -> None:
        self._weeks.add(week)
        await self._administrator.schedule(week)
        await self._administrator.until_passed(week)

    async def _change_records(self) -> None:
        """Let one machine of a customer go and another one come: its customer, and nobody else, is told."""
        *stay, gone = self._fleet.machines
        comes = gone.model_copy(update={"name": f"joins{next(self._numbers)}"})
        self._fleet = replace(self._fleet, machines=(*stay, comes))
        await self._administrator.put_fleet(self._fleet)


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
                await pause(misfortune.seconds(LONGEST_DELAY_SECONDS))
            await installation.kill(victim)

    work = Work(connection)
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
            await pause(misfortune.seconds(LONGEST_DELAY_SECONDS))
            await installation.kill_server()

    work = Work(connection)
    await work.go_on_while(strike())
    await work.reckon(installation, notifier_kills=0)
