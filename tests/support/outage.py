"""What a probe's operator sees of an outage, and what must be true when it is over."""

from __future__ import annotations

from collections.abc import Sequence

from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.streams import EVENTS
from mweek_messaging import publish_command
from mweek_outbox.waiting import count_waiting
from nats.aio.client import Client
from sqlmodel import Session

from tests.delivery.probe import Probe, dead_letters, note_effect, schedule_week, stored, week_cancelled
from tests.support.eventually import eventually

LONGEST_RECOVERY_SECONDS = 120.0
"""On a machine with more to do than processors."""


def take_and_tell(probe: Probe) -> None:
    """Let the probe's handler do what services do: change rows, and say an event, in one transaction."""

    def takes(session: Session, command: ScheduleWeekV1) -> None:
        note_effect(session, command.message_id)
        probe.voice.say(session, week_cancelled(probe.voice, command, command.message_id))

    probe.handlers[ScheduleWeekV1] = takes


async def command(connection: Client, names: Sequence[str]) -> None:
    """Publish commands by these names."""
    for name in names:
        await publish_command(connection, schedule_week(name))


def tell(probe: Probe, names: Sequence[str]) -> None:
    """Have the service say an event for each name, which then waits in its outbox."""
    with probe.database.transaction() as session:
        probe.voice.say_all(session, [week_cancelled(probe.voice, schedule_week(name), name) for name in names])


def in_outbox(probe: Probe) -> int:
    """Return how many events wait in the outbox."""
    with probe.database.read() as session:
        return count_waiting(session)


async def red(probe: Probe, part: str, *said: str) -> str:
    """Wait until health is red for a part, in words that hold all that is said here; returns the words."""

    def sentence() -> str:
        state = probe.health.snapshot().get(part)
        return "" if state is None or state.ok else state.detail

    def says_it(seen: str) -> bool:
        return bool(seen) and all(words in seen for words in said)

    found = await eventually(sentence, says_it, within=LONGEST_RECOVERY_SECONDS)
    assert not probe.health.alive
    assert not probe.health.ready
    return found


async def each_took_effect_once(
    probe: Probe, connection: Client, names: Sequence[str], *, told_beside: Sequence[str] = ()
) -> None:
    """Wait until all commands took effect, each once and in order, and was told of once; nothing was put aside.

    Args:
        told_beside: what the service said by itself, after all of these.
    """
    all_told = [*names, *told_beside]

    async def told() -> list[str]:
        reasons = [received.message() for received in await stored(connection, EVENTS.name)]
        return [message.reason for message in reasons]  # type: ignore[attr-defined]

    await eventually(told, lambda seen: len(seen) >= len(all_told), within=LONGEST_RECOVERY_SECONDS)
    assert probe.effects() == list(names)
    assert await told() == all_told
    assert await dead_letters(connection) == []
    await eventually(lambda: probe.health.ready, within=LONGEST_RECOVERY_SECONDS)
