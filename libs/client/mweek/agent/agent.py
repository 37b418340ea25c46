"""Carries out what is decided: each step is on disk before it is done, and what came of it right after."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mweek_contracts.replies import LeaseReplyV1, Refusal
from mweek_messaging import UnansweredError

from mweek.agent import learning
from mweek.agent.deciding import Moment, decide
from mweek.agent.habits import Habits
from mweek.agent.interfaces import AgentClock, Disk, Host, Planner, Say
from mweek.agent.lease_keeper import LeaseKeeper
from mweek.agent.looking import looked
from mweek.agent.state import Seen, State, Stay
from mweek.agent.steps import (
    AskWindow,
    Check,
    Drain,
    Enter,
    Leave,
    Look,
    Reboot,
    Run,
    Step,
    Wait,
    Withdraw,
)

_UNANSWERED_PAUSE: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one visit waits for what is to come, instead of ending and being started again."""

    linger: timedelta | None
    """None: for ever."""
    longest_sleep: timedelta
    """Look again at least so often."""


@dataclass(slots=True)
class Visit:
    """What one visit came to."""

    waits_for: Wait | None = None
    refusals: tuple[Refusal, ...] = ()
    unanswered: str | None = None
    failed: bool = False
    """Whether the machine left a window with `failed`."""


class Agent:
    """One agent on one machine. Whoever makes it sees to it that there is no other."""

    def __init__(self, host: Host, planner: Planner, disk: Disk, clock: AgentClock, habits: Habits, say: Say) -> None:
        """Take up the state that the disk has."""
        self._host = host
        self._planner = planner
        self._disk = disk
        self._clock = clock
        self._habits = habits
        self._say = say
        self.state = disk.load() or State(location=habits.location, machine=habits.machine)
        self._seen: Seen | None = None
        self._visit = Visit()
        self._keeping: asyncio.Task[None] | None = None
        self._keeper = LeaseKeeper(
            planner, clock, habits, stay=lambda: self.state.stay, learn=self._learn_of_lease, say=say
        )

    async def visit(self, patience: Patience) -> Visit:
        """Do all that can be done now, and wait for more as long as the patience says."""
        self._visit, self._seen = Visit(), None
        since: datetime | None = None
        try:
            while True:
                try:
                    wait = await self._until_waiting()
                    since, self._visit.unanswered = None, None
                except UnansweredError as error:
                    since = since or self._clock.now()
                    self._visit.unanswered = str(error)
                    self._say("unanswered", {"why": str(error)})
                    wait = Wait(self._clock.now() + _UNANSWERED_PAUSE, "for an answer")
                self._visit.waits_for = wait
                if not self._is_waited_for(wait, patience, since):
                    return self._visit
                span = wait.until - self._clock.now()
                await self._clock.sleep(max(timedelta(0), min(span, patience.longest_sleep)))
                self._seen = None
        finally:
            await self._stop_keeping()

    async def _until_waiting(self) -> Wait:
        while True:
            moment = Moment(self._clock.now(), self._host.boot_id())
            state, step = decide(self.state, self._seen, moment, self._habits)
            self._save(state)
            self._keep_lease()
            if isinstance(step, Wait):
                return step
            if (wait := await self._do(step)) is not None:
                return wait

    async def _do(self, step: Step) -> Wait | None:
        match step:
            case Look():
                return await self._look()
            case AskWindow():
                await self._ask_window(step)
            case Withdraw():
                await self._withdraw(step)
            case Enter():
                await self._enter(step)
            case Leave():
                await self._leave(step)
            case Reboot():
                await self._reboot()
            case _:
                await self._work(step)
        return None

    async def _look(self) -> Wait | None:
        reply = await self._planner.my_windows()
        now = self._clock.now()
        if reply.windows is None:
            assert reply.refusal is not None
            self._refused(reply.refusal)
            return Wait(reply.refusal.retry_at or now + self._habits.look_every, "to ask for windows again")
        found = await self._host.find({task.key: task for wish in self.state.wishes for task in wish.tasks})
        self._seen = Seen(windows={one.window_id: one for one in reply.windows}, found=found)
        self._save(looked(self.state, self._seen, self._clock.now(), self._habits))
        return None

    async def _ask_window(self, step: AskWindow) -> None:
        reply = await self._planner.request(step.request)
        if reply.refusal is not None:
            self._refused(reply.refusal)
        elif reply.grant is not None:
            self._say("window-granted", _times(reply.grant.window_id, reply.grant.not_before, reply.grant.must_end_by))
        self._save(learning.answered_window(self.state, step, reply, self._clock.now(), self._habits))

    async def _withdraw(self, step: Withdraw) -> None:
        reply = await self._planner.withdraw(step.request)
        self._say("window-not-needed", {"window_id": step.request.window_id})
        self._save(learning.withdrawn(self.state, step, reply, self._clock.now(), self._habits))
        self._seen = None

    async def _enter(self, step: Enter) -> None:
        reply = await self._planner.enter(step.request)
        if reply.lease is not None:
            lease = reply.lease
            self._say("window-entered", _times(lease.window_id, lease.entered_at, lease.must_end_by))
        else:
            why = reply.denial or reply.refusal
            assert why is not None
            self._say("not-let-in", {"code": str(why.code), "why": why.text, "retry_at": why.retry_at})
        self._save(learning.answered_entering(self.state, reply, self._clock.now(), self._habits))
        self._seen = None

    async def _leave(self, step: Leave) -> None:
        reply = await self._planner.leave(step.request)
        asked = step.request
        if reply.refusal is not None:
            self._refused(reply.refusal)
        else:
            self._say("window-left", {"window_id": asked.window_id, "result": str(asked.result), "text": asked.text})
        self._visit.failed = self._visit.failed or asked.result == "failed"
        self._save(learning.left(self.state, reply, self._clock.now(), self._habits))
        self._seen = None

    async def _work(self, step: Step) -> None:
        """Drain, run or check."""
        stay, now, habits = self._stay(), self._clock.now, self._habits
        if isinstance(step, Drain):
            self._say("draining", {})
            ended = await self._host.drain(stay, self._limit)
            self._save(learning.drained(self.state, ended.code, ended.text, now(), habits))
        elif isinstance(step, Run):
            self._say("activity-begins", {"activity": step.task.activity.name, "try": stay.runs[step.number].tries})
            ended = await self._host.run(step.task, stay, self._limit)
            self._say("activity-ended", {"activity": step.task.activity.name, "code": ended.code, "said": ended.text})
            self._save(learning.ran(self.state, step.number, ended.code, ended.text, now(), habits))
        elif isinstance(step, Check):
            self._say("checking", {})
            trouble = await self._host.check(stay)
            self._save(learning.checked(self.state, trouble, self._host.facts(), now(), habits))

    async def _reboot(self) -> None:
        await self._keeper.renew()  # nobody renews while the machine boots
        self._say("rebooting", {})
        ended = await self._host.reboot()
        if ended.code != 0:
            self._say("not-rebooted", {"why": ended.text})
            self._save(learning.not_rebooted(self.state, ended.text))

    def _limit(self) -> datetime:
        stay = self.state.stay
        now = self._clock.now()
        return stay.ends_at if stay is not None and stay.alive(now) else now

    def _stay(self) -> Stay:
        assert self.state.stay is not None
        return self.state.stay

    def _save(self, state: State) -> None:
        if state != self.state:
            self._disk.save(state)
            self.state = state

    def _learn_of_lease(self, reply: LeaseReplyV1) -> None:
        self._save(learning.renewed(self.state, reply))

    def _refused(self, refusal: Refusal) -> None:
        if refusal.code not in learning.LATER:
            self._visit.refusals += (refusal,)
        self._say(
            "refused",
            {
                "code": str(refusal.code),
                "why": refusal.text,
                "earliest_alternative": refusal.earliest_alternative,
                "retry_at": refusal.retry_at,
            },
        )

    def _keep_lease(self) -> None:
        stay = self.state.stay
        wanted = stay is not None and stay.lease is not None and stay.leaving is None
        if wanted and (self._keeping is None or self._keeping.done()):
            self._keeping = asyncio.create_task(self._keeper.run(), name="lease")

    async def _stop_keeping(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
            self._keeping = None

    def _is_waited_for(self, wait: Wait, patience: Patience, unanswered_since: datetime | None) -> bool:
        """Tell whether it is worth staying for; in a window it always is, as long as somebody answers."""
        if patience.linger is None:
            return True
        latest = self._clock.now() + patience.linger
        if unanswered_since is not None:
            hurry = self.state.stay is not None or any(
                wish.grant is not None and wish.grant.not_before <= latest and self._clock.now() <= wish.grant.not_after
                for wish in self.state.wishes
            )
            return hurry and self._clock.now() - unanswered_since < patience.linger
        return self.state.stay is not None or (wait.expected and wait.until <= latest)


def _times(window_id: str, opens_at: datetime, must_end_by: datetime) -> Mapping[str, object]:
    return {"window_id": window_id, "opens_at": opens_at, "must_end_by": must_end_by}
