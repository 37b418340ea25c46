"""Renews the lease while the machine works: at half of its time, and more often where no answer comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from mweek_contracts.replies import LeaseReplyV1
from mweek_contracts.requests import RenewWindowV1
from mweek_messaging import UnansweredError

from mweek.agent.habits import Habits
from mweek.agent.interfaces import AgentClock, Planner, Say
from mweek.agent.state import Stay

_SHORTEST_PAUSE: Final = timedelta(seconds=2)


class LeaseKeeper:
    """Keeps the lease of the stay that `stay` returns, until it is lost, over, or cannot become longer."""

    def __init__(
        self,
        planner: Planner,
        clock: AgentClock,
        habits: Habits,
        *,
        stay: Callable[[], Stay | None],
        learn: Callable[[LeaseReplyV1], None],
        say: Say,
    ) -> None:
        """Renew nothing yet; each answer goes to `learn`."""
        self._planner = planner
        self._clock = clock
        self._habits = habits
        self._stay = stay
        self._learn = learn
        self._say = say

    async def run(self) -> None:
        """Renew until there is nothing to be won by it."""
        while (stay := self._renewable()) is not None and stay.lease is not None:
            left = stay.lease.expires_at - self._clock.now()
            await self._clock.sleep(max(left / 2, _SHORTEST_PAUSE))
            await self.renew()

    async def renew(self) -> None:
        """Renew now, where that may help."""
        stay = self._renewable()
        if stay is None or stay.lease is None:
            return
        request = RenewWindowV1(
            request_id=self._habits.new_id(),
            location=self._habits.location,
            machine=self._habits.machine,
            window_id=stay.window.window_id,
            lease_id=stay.lease.lease_id,
        )
        try:
            reply = await self._planner.renew(request)
        except UnansweredError as error:
            self._say("lease-not-renewed", {"why": str(error), "expires_at": stay.lease.expires_at})
            return
        if reply.denial or reply.refusal:
            self._say("lease-not-renewed", {"why": (reply.denial or reply.refusal).text})  # type: ignore[union-attr]
        self._learn(reply)

    def _renewable(self) -> Stay | None:
        stay = self._stay()
        if stay is None or stay.lease is None or not stay.lease.renewable or not stay.alive(self._clock.now()):
            return None
        return stay
