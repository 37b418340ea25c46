"""A machine, a planner, a disk and a clock that obey a script: replies get lost, the agent dies, the machine reboots.

Time goes by only where somebody waits for it. What must never happen is checked where it would happen.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from mweek.agent.agent import Agent, Patience, Visit
from mweek.agent.habits import Habits
from mweek.agent.interfaces import Ended, Limit
from mweek.agent.state import State, Stay
from mweek.agent.tasks import Task
from mweek_contracts.replies import Reply
from mweek_contracts.request_codes import ActivityKind
from mweek_contracts.requests import Activity, MyWindowsV1, Request
from mweek_messaging import UnansweredError

from tests.support.ids import ReadableIds, at
from tests.support.model_planner import ModelPlanner

START = at("2026-11-23T08:00Z")
MACHINE = "acme03"


class Died(BaseException):
    """The agent was killed, by a signal or with its whole machine."""


class VirtualClock:
    """Time that jumps to the next thing that somebody waits for, once everybody waits."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, span: timedelta) -> None:
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + span, next(self._order), waker))
        await waker

    def pass_by(self, span: timedelta) -> None:
        """Let time go by while no agent runs."""
        self._now += span

    async def run(self, work: asyncio.Task[Visit]) -> None:
        """Let time go by until the work is done."""
        while not work.done():
            for _ in range(8):
                await asyncio.sleep(0)
            if work.done() or not self._sleepers:
                continue
            until, _, waker = heapq.heappop(self._sleepers)
            if not waker.cancelled():
                self._now = max(self._now, until)
                waker.set_result(None)
        self._sleepers.clear()


class World:
    """Everything around one agent. `script` yields what goes wrong next; when it is at its end, nothing does."""

    def __init__(self, script: Iterable[str] = (), *, codes: Iterable[int] = ()) -> None:
        self.clock = VirtualClock()
        self.planner = ModelPlanner(self.clock.now)
        self.script = iter(script)
        self.codes = iter(codes)
        self.disk: bytes | None = None
        self.boots = 1
        self.pending: dict[str, Task] = {}
        self.minutes: dict[str, int] = {}
        """How long a task really takes, where that is not its estimate."""
        self.started: Counter[tuple[str, str]] = Counter()
        self.allowed: Counter[tuple[str, str]] = Counter()
        """How often a task may be started in a window beyond once: it has asked for it."""
        self.dies_in: str | None = None
        """The task in whose middle the agent dies."""
        self.done: list[str] = []
        self.hooks: list[str] = []
        self.drain_codes: list[int] = []
        self.trouble: str | None = None
        self.said: list[str] = []
        self.ids = ReadableIds("id")

    def add(self, key: str, minutes: int = 10, kind: ActivityKind = ActivityKind.OTHER) -> None:
        """Let something be to be done."""
        self.pending[key] = Task(key=key, activity=Activity(name=key, kind=kind, estimated_minutes=minutes))

    def visit(self, linger: timedelta = timedelta(minutes=12)) -> Visit | None:
        """Start the agent once, as a timer does; None: it died."""
        return asyncio.run(self._visit(Patience(linger=linger, longest_sleep=timedelta(hours=1))))

    def visits(self, times: int, every: timedelta = timedelta(minutes=10)) -> None:
        """Start the agent again and again."""
        for _ in range(times):
            self.visit()
            self.clock.pass_by(every)

    @property
    def state(self) -> State | None:
        return State.model_validate_json(self.disk) if self.disk else None

    @property
    def stay(self) -> Stay | None:
        state = self.state
        return state.stay if state else None

    async def _visit(self, patience: Patience) -> Visit | None:
        habits = Habits(location="rzob", machine=MACHINE, new_id=self.ids)
        seat = _Seat(self)
        agent = Agent(seat, seat, seat, self.clock, habits, self._say)
        work = asyncio.create_task(agent.visit(patience))
        with suppress(Died):
            await self.clock.run(work)
            return await work
        return None

    def _say(self, event: str, fields: Mapping[str, object]) -> None:
        self.said.append(event)

    def next_fault(self) -> str:
        return next(self.script, "")


class _Seat:
    """What one process of the agent sees of the world; once it is dead, nothing any more."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dead = False

    # disk
    def load(self) -> State | None:
        return self._world.state

    def save(self, state: State) -> None:
        self._live()
        fault = self._world.next_fault()
        if fault == "dies before writing":
            self._die()
        self._world.disk = state.model_dump_json().encode()
        if fault == "dies after writing":
            self._die()
        if fault == "reboots after writing":
            self._die(boots=True)

    # planner
    async def my_windows(self) -> Any:
        request = MyWindowsV1(request_id=self._world.ids(), location="rzob", machine=MACHINE)
        return await self._ask(request)

    async def request(self, request: Any) -> Any:
        return await self._ask(request)

    withdraw = enter = renew = leave = request

    async def _ask(self, request: Request) -> Reply:
        self._live()
        await asyncio.sleep(0)
        world, fault = self._world, self._world.next_fault()
        world.clock.pass_by(timedelta(milliseconds=200))
        if fault == "request lost":
            raise UnansweredError("the request was lost")
        if fault == "not ready":
            world.planner.not_ready = 1
        reply = world.planner.answer(request)
        if fault == "reply lost":
            raise UnansweredError("the reply was lost")
        if fault == "late reply":
            world.clock.pass_by(timedelta(minutes=25))
        if fault == "dies with the reply":
            self._die()
        if fault == "reboots with the reply":
            self._die(boots=True)
        return reply

    # host
    def boot_id(self) -> str:
        return f"boot-{self._world.boots}"

    async def find(self, known: Mapping[str, Task]) -> tuple[Task, ...]:
        self._live()
        return tuple(self._world.pending[key] for key in sorted(self._world.pending))

    async def drain(self, stay: Stay, limit: Limit) -> Ended:
        self._live()
        self._allowed_to_be_down("drain")
        self._world.hooks.append("drain")
        await self._busy(2, limit)
        code = self._world.drain_codes.pop(0) if self._world.drain_codes else 0
        return Ended(code, f"drain said {code}")

    async def run(self, task: Task, stay: Stay, limit: Limit) -> Ended:
        self._live()
        world, key = self._world, (stay.enter_id, task.key)
        self._allowed_to_be_down(task.key)
        world.started[key] += 1
        assert world.started[key] <= 1 + world.allowed[key], f"{task.key} was started twice"
        if world.dies_in == task.key:
            self._die()
        minutes = world.minutes.get(task.key, task.activity.estimated_minutes)
        if not await self._busy(minutes, limit):
            return Ended(-9, f"{task.key} was ended")
        code = next(world.codes, 0)
        if code == 0:
            world.done.append(task.key)
            world.pending.pop(task.key, None)
        if code == 75:
            world.allowed[key] += 1
        return Ended(code, f"{task.key} said {code}")

    async def check(self, stay: Stay) -> str | None:
        self._live()
        self._world.hooks.append("health")
        await self._busy(1, None)
        return self._world.trouble

    async def reboot(self) -> Ended:
        self._live()
        self._allowed_to_be_down("reboot")
        self._world.hooks.append("reboot")
        self._world.clock.pass_by(timedelta(minutes=4))
        self._die(boots=True)
        raise AssertionError

    def facts(self) -> Mapping[str, str]:
        return {"kernel": f"6.12.{self._world.boots}"}

    async def _busy(self, minutes: int, limit: Limit | None) -> bool:
        """Let minutes go by; False: the limit came first, as a process is ended by it."""
        for _ in range(minutes):
            self._live()
            fault = self._world.next_fault()
            if fault in ("dies with the reply", "reboots with the reply"):
                self._die(boots=fault.startswith("reboots"))
            if limit is not None and limit() <= self._world.clock.now():
                return False
            await self._world.clock.sleep(timedelta(minutes=1))
            self._live()
        return limit is None or self._world.clock.now() <= limit()

    def _allowed_to_be_down(self, what: str) -> None:
        assert self._world.planner.holds_lease(MACHINE), f"{what} without a lease"

    def _die(self, *, boots: bool = False) -> None:
        self._dead = True
        self._world.boots += boots
        raise Died

    def _live(self) -> None:
        if self._dead:
            raise Died


def until(world: World, seen: Callable[[], bool], *, visits: int = 400) -> None:
    """Start the agent every ten minutes until something is seen."""
    for _ in range(visits):
        if seen():
            return
        world.visits(1)
    raise AssertionError(f"never seen in {visits} visits; the state: {world.state!r}")
