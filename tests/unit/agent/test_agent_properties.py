"""Whatever gets lost, dies or reboots, and whenever: no work without a lease, none twice, and every window is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from mweek_contracts.replies import Denial, Refusal
from mweek_contracts.request_codes import ActivityKind, DenialCode, RequestRefusalCode
from mweek_contracts.requests import RequestWindowV1

from tests.support.agent_world import MACHINE, World

FAULTS = (
    "request lost",
    "reply lost",
    "late reply",
    "not ready",
    "dies before writing",
    "dies after writing",
    "reboots after writing",
    "dies with the reply",
    "reboots with the reply",
)
tasks = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(ActivityKind)), min_size=1, max_size=3)
disturbance = st.sampled_from(("", "", "", "move", "take away", "deny", "deny for good", "refuse", "later", "week"))
pause = st.sampled_from((1, 4, 10, 40))


def faults(seed: int, rate: int) -> Iterator[str]:
    """Yield faults for ever, one in `rate` steps."""
    chance = Random(seed)
    while True:
        yield chance.choice(FAULTS) if chance.randrange(rate) == 0 else ""


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    rate=st.sampled_from((5, 15, 40)),
    work=tasks,
    codes=st.lists(st.sampled_from((0, 0, 0, 1, 69, 75)), max_size=8),
    rounds=st.lists(st.tuples(disturbance, pause), min_size=3, max_size=8),
    lease_minutes=st.sampled_from((3, 30)),
)
def test_nothing_runs_without_a_lease_or_twice_and_every_window_is_left(
    seed: int,
    rate: int,
    work: list[tuple[int, ActivityKind]],
    codes: list[int],
    rounds: list[tuple[str, int]],
    lease_minutes: int,
) -> None:
    world = World(faults(seed, rate), codes=codes)
    world.planner.lease_time = timedelta(minutes=lease_minutes)
    for number, (minutes, kind) in enumerate(work):
        world.add(f"{number}0-task", minutes, kind)
    world.minutes["00-task"] = seed % 60 + 1

    for what, minutes in rounds:
        world.visit()
        disturb(world, what)
        until_something_opens(world)
        world.visits(5, timedelta(minutes=minutes))

    # From here on nothing goes wrong: it comes to rest, and nobody holds anything.
    world.script, world.codes, world.minutes = iter(()), iter(()), {}
    world.planner.denials, world.planner.refusals = [], []
    for _ in range(12):
        if not world.pending and world.stay is None and not world.planner.open_windows(MACHINE):
            break
        until_something_opens(world)
        world.visits(4)
    assert world.stay is None
    assert not world.planner.holds_lease(MACHINE)
    assert not world.pending
    asked = [one for one in world.planner.asked if isinstance(one, RequestWindowV1)]
    bodies = {one.model_dump_json() for one in asked}
    assert len({one.request_id for one in asked}) == len(bodies), "an id was used for two wishes"


def until_something_opens(world: World) -> None:
    """Let time go by until shortly before the machine may enter."""
    coming = [one.not_before for one in world.planner.open_windows(MACHINE)]
    state = world.state
    coming += [wish.retry_at for wish in state.wishes if wish.retry_at is not None] if state else []
    if coming and min(coming) > world.clock.now():
        world.clock.pass_by(min(coming) - world.clock.now() - timedelta(minutes=1))


def disturb(world: World, what: str) -> None:
    """Do what a planner may do at any time."""
    planner, now = world.planner, world.clock.now()
    windows = planner.open_windows(MACHINE)
    if what == "move" and windows:
        planner.move(windows[0].window_id, timedelta(hours=2))
    elif what == "take away" and windows:
        planner.take_away(windows[0].window_id)
    elif what == "deny":
        planner.denials.append(
            Denial(code=DenialCode.PEER_DOWN, text="a peer is down", retry_at=now + timedelta(minutes=2))
        )
    elif what == "deny for good":
        planner.denials.append(Denial(code=DenialCode.SUPERSEDED, text="moved"))
    elif what == "refuse":
        planner.refusals.append(Refusal(code=RequestRefusalCode.NO_CAPACITY, text="full"))
    elif what == "later":
        planner.not_ready = 3
    elif what == "week" and not any(one.week for one in planner.windows.values()):
        planner.give_week(MACHINE, now + timedelta(minutes=5))
