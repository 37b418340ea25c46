"""The work that goes on while things break: weeks of the reference fleet, scheduled, revised, mailed and audited."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from itertools import count, cycle

from mweek_contracts.documents import read_fleet
from nats.aio.client import Client

from tests.support.administrator import LONGEST_OUTAGE_SECONDS, Administrator
from tests.support.eventually import eventually
from tests.support.fleets import REFERENCE
from tests.support.installation import Installation
from tests.support.reckoning import check_commands, check_mails, check_no_dead_letters, check_weeks

WEEKS = ("2026-W49", "2026-W50", "2026-W51", "2027-W02")
"""Not those around Christmas: a customer of the reference fleet has a blackout then, and no audit passes."""


class WeeksAtWork:
    """What goes on meanwhile: weeks are scheduled one after the other, and revised after records have changed."""

    def __init__(self, connection: Client) -> None:
        self._administrator = Administrator(connection, "rzob")
        self._fleet = read_fleet(REFERENCE)
        self._numbers = count(1)
        self._weeks: set[str] = set()

    async def go_on_while(self, striking: Coroutine[None, None, None]) -> None:
        """Work until the strikes are over; a failure of either ends both."""
        over = asyncio.Event()

        async def strike() -> None:
            await striking
            over.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(strike())
            group.create_task(self._go_on_until(over))

    async def _go_on_until(self, over: asyncio.Event) -> None:
        await self._administrator.put_fleet(self._fleet)
        for week in cycle(WEEKS):
            await self._schedule(week)
            await self._change_records()
            await self._schedule(week)
            if over.is_set():
                return

    async def reckon(self, installation: Installation, *, notifier_kills: int) -> None:
        """Wait until nothing moves any more, and see that everything is as if nobody had ever died."""
        connection = self._administrator.connection
        await installation.until_ready()
        # Weeks that were not scheduled again after the last change of records: the auditor looks when that has settled.
        await eventually(self._weeks_hold_the_machines, within=LONGEST_OUTAGE_SECONDS, every=0.5)
        for week in self._weeks:
            await self._administrator.until_passed(week)
        await installation.at_rest(connection, within=LONGEST_OUTAGE_SECONDS)
        events = await self._administrator.events()
        check_commands(self._administrator.asked, events)
        check_weeks(events, self._machines())
        check_mails(installation.mail_server.mails, events, notifier_kills=notifier_kills)
        await check_no_dead_letters(connection)

    async def _weeks_hold_the_machines(self) -> bool:
        check_weeks(await self._administrator.events(), self._machines())
        return True

    def _machines(self) -> list[str]:
        return [machine.name for machine in self._fleet.machines]

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
