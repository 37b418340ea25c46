"""Constructs an agent from its settings and lets it work: the one file of it that owns a clock and makes ids."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from mweek_timewindows.clock import Clock
from nats.aio.client import Client as Connection

from mweek.agent.activities import Activities, Complain, Reasons
from mweek.agent.agent import Agent, Patience, Visit
from mweek.agent.bus_planner import BusPlanner
from mweek.agent.habits import Habits
from mweek.agent.interfaces import Host, Say
from mweek.agent.machine_host import MachineHost, Surroundings
from mweek.agent.processes import Processes
from mweek.agent.simulated_host import SimulatedHost
from mweek.agent.state import Stage, State
from mweek.agent.state_file import StateFile, only_agent
from mweek.connection import open_connection
from mweek.identity import Identity

_AT_WORK = frozenset({Stage.DRAINING, Stage.WORKING, Stage.CHECKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can choose."""

    nats_url: str
    identity: Identity
    location: str
    machine: str
    state_dir: Path
    config_dir: Path
    """Holds activities.d, drain.d and health.d."""
    reboot_required: tuple[Path, ...]
    reboot_minutes: int
    reboot_command: str
    boot_id: Path
    hook_seconds: float
    linger: timedelta
    every: timedelta | None
    """Stay, and look so often; None: one visit."""
    simulate: bool
    speed: float
    timeout: float
    clock: str
    """As MWEEK_CLOCK has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a call of the agent."""

    visit: Visit
    state: State
    unusable: tuple[str, ...] = ()
    """Files that could not be used, with what is wrong with them."""
    interrupted: bool = False
    """It was told to stop while it worked."""


class RealClock:
    """A `Clock` that can be waited for."""

    def __init__(self, clock: Clock) -> None:
        """Wait in the time of this clock."""
        self._clock = clock

    def now(self) -> datetime:
        """Return the present, aware and UTC."""
        return self._clock.now()

    async def sleep(self, span: timedelta) -> None:
        """Return when so much of this clock's time has passed."""
        await asyncio.sleep(self._clock.real_seconds(span))


async def run_agent(settings: Settings, say: Say) -> Report:
    """Run the agent as the settings say; SIGTERM and SIGINT end it, and what it runs with it.

    Raises:
        ClientError: it cannot begin: another agent, a state that cannot be used, no right identity.
        ValueError: the clock is none.
    """
    clock = RealClock(Clock.parse(settings.clock, real_now=_real_now, monotonic=time.monotonic))
    habits = Habits(location=settings.location, machine=settings.machine, new_id=_new_id)
    unusable: dict[str, str] = {}

    def complain(file: str, text: str) -> None:
        if unusable.get(file) != text:
            say("unusable", {"file": file, "why": text})
        unusable[file] = text

    async def connect() -> Connection:
        return await open_connection(settings.nats_url, name=f"agent of {settings.machine}", identity=settings.identity)

    settings.identity.options()  # what is wrong with it is said at once
    with only_agent(settings.state_dir):
        planner = BusPlanner(connect, habits, timeout=settings.timeout)
        disk = StateFile(settings.state_dir, location=settings.location, machine=settings.machine)
        host = _host(settings, clock, say, complain)
        agent = Agent(host, planner, disk, clock, habits, say)
        try:
            visit, stopped = await _until_stopped(agent, _patience(settings))
        finally:
            await planner.close()
    stay = agent.state.stay
    return Report(
        visit=visit,
        state=agent.state,
        unusable=tuple(f"{file}: {text}" for file, text in unusable.items()),
        interrupted=stopped and stay is not None and stay.stage in _AT_WORK,
    )


def _host(settings: Settings, clock: RealClock, say: Say, complain: Complain) -> Host:
    processes = Processes(clock.now, lambda program, line: say("output", {"program": program, "line": line}))
    reasons = Reasons(
        activities=settings.config_dir / "activities.d",
        reboot_required=settings.reboot_required,
        reboot_minutes=settings.reboot_minutes,
    )
    around = Surroundings(
        activities=reasons.activities,
        drain=settings.config_dir / "drain.d",
        health=settings.config_dir / "health.d",
        boot_id=settings.boot_id,
        reboot_command=settings.reboot_command,
        hook_time=timedelta(seconds=settings.hook_seconds),
    )
    host = MachineHost(around, Activities(reasons, processes, clock, complain), processes, clock, complain)
    if not settings.simulate:
        return host
    return SimulatedHost(host, clock, speed=settings.speed, reboot_minutes=settings.reboot_minutes)


def _patience(settings: Settings) -> Patience:
    if settings.every is None:
        return Patience(linger=settings.linger, longest_sleep=timedelta(hours=1))
    return Patience(linger=None, longest_sleep=settings.every)


async def _until_stopped(agent: Agent, patience: Patience) -> tuple[Visit, bool]:
    """Return what the visit came to, and whether a signal ended it."""
    work = asyncio.create_task(agent.visit(patience))
    loop = asyncio.get_running_loop()
    # Signals belong to the main thread; elsewhere the agent is stopped by whoever has started the thread.
    signals = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
    for one in signals:
        loop.add_signal_handler(one, work.cancel)
    try:
        return await work, False
    except asyncio.CancelledError:
        return Visit(), True
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


def _real_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())
