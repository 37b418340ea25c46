"""A service in a process of its own, to be killed: `python -m tests.delivery.process NATS DATABASE BEHAVIOUR`."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from datetime import timedelta

from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.requests import RequestWindowV1
from mweek_messaging import run_service
from mweek_telemetry import configure_logging
from sqlmodel import Session

from tests.delivery.asking import granting
from tests.delivery.probe import Probe, note_effect, week_cancelled

_never = threading.Event()


def takes(probe: Probe, session: Session, command: ScheduleWeekV1) -> None:
    """Do the work and say so."""
    note_effect(session, command.message_id, f"by {os.getpid()}")
    probe.voice.say(session, week_cancelled(probe.voice, command))


def takes_slowly(probe: Probe, session: Session, command: ScheduleWeekV1) -> None:
    """Do the work, which takes a second."""
    print("began", flush=True)
    _never.wait(1.0)
    takes(probe, session, command)


def kills_the_process(probe: Probe, session: Session, command: ScheduleWeekV1) -> None:
    """End the process on one command, as a crash of an extension module would."""
    if command.message_id == "poison":
        os._exit(9)
    takes(probe, session, command)


def never_ends(probe: Probe, session: Session, command: ScheduleWeekV1) -> None:
    """Hang."""
    print("began", flush=True)
    _never.wait(3600)


BEHAVIOURS = {
    "takes": takes,
    "takes-slowly": takes_slowly,
    "kills-the-process": kills_the_process,
    "never-ends": never_ends,
    "dies-before-ack": takes,
}


async def serve(nats_url: str, database_url: str, behaviour: str) -> int:
    probe = Probe(nats_url, database_url, guard_every=timedelta(seconds=1))
    act = BEHAVIOURS[behaviour]
    probe.handlers[ScheduleWeekV1] = lambda session, command: act(probe, session, command)
    probe.answers[RequestWindowV1] = granting(probe, f"by {os.getpid()}")
    if behaviour == "dies-before-ack":
        probe.database.on_outgoing(lambda: os._exit(9))  # the commit stands, nothing after it happened
    announcing = asyncio.create_task(announce(probe))
    code = await run_service(probe.parts(), health=probe.health, metrics=probe.metrics)
    announcing.cancel()
    return code


async def announce(probe: Probe) -> None:
    """Tell the parent when the service is ready; it reads this process's output."""
    while not probe.health.ready:
        await asyncio.sleep(0.02)
    print("ready", flush=True)


if __name__ == "__main__":
    configure_logging("probe", json=True)
    sys.exit(asyncio.run(serve(*sys.argv[1:])))
