"""The real planner on a real server: commands that it does not carry out."""

from __future__ import annotations

import base64
import json

import pytest
from mweek_contracts.events import CommandRefusedV1
from mweek_contracts.pattern import Entry, Pattern, PatternPhase, Selector
from mweek_contracts.reasons import RefusalCode

from tests.support.planner_bus import PlannerBus
from tests.support.planner_patterns import ALL_ON_MONDAY, ONLY_ROUTERS


@pytest.fixture
def bus(planner_bus: PlannerBus) -> PlannerBus:
    return planner_bus


async def test_location_without_machines_is_refused(bus: PlannerBus) -> None:
    assert (await bus.refusal_of(bus.schedule())).code is RefusalCode.UNKNOWN_LOCATION


async def test_unknown_pattern_is_refused_with_those_there_are(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    refused = await bus.refusal_of(bus.schedule(pattern="nonesuch"))
    assert refused.code is RefusalCode.UNKNOWN_PATTERN
    assert "one-few-many" in refused.text
    assert "one-then-all" in refused.text


async def test_pattern_file_that_is_wrong_is_refused_with_line_and_field(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    refused = await bus.refusal_of(bus.schedule(pattern="broken"))
    assert refused.code is RefusalCode.UNKNOWN_PATTERN
    (problem,) = refused.problems
    assert problem.place == "broken.yaml:4: phases[0].opens"
    assert "someday" in problem.text


async def test_pattern_that_no_message_could_tell_of_is_refused(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    entries = tuple(Entry(select=Selector(role=(f"r{number}",)), count=1) for number in range(100))
    phases = tuple(
        PatternPhase(name=f"p{number}", opens=f"mon {number:02d}:00", lasts="30m", takes=entries)
        for number in range(24)
    )
    refused = await bus.refusal_of(bus.schedule(pattern=Pattern(pattern="vast", phases=phases)))
    assert refused.code is RefusalCode.INVALID_COMMAND
    assert "262,144 at most" in refused.text


async def test_machines_that_the_pattern_does_not_cover_are_named(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"), bus.machine("b"), bus.machine("r", role="router"))
    refused = await bus.refusal_of(bus.schedule(pattern=ONLY_ROUTERS))
    assert (refused.code, refused.machines) == (RefusalCode.NOT_COVERED, ("a", "b"))


async def test_week_that_is_too_soon_is_refused_with_the_first_that_is_not(bus: PlannerBus) -> None:
    await bus.put(bus.customer("acme", notice_hours=24 * 12), bus.machine("a", customer=bus.owner("acme")))
    refused = await bus.refusal_of(bus.schedule(pattern=ALL_ON_MONDAY))
    assert (refused.code, refused.earliest_week) == (RefusalCode.NOTICE_TOO_SHORT, "2026-W50")


@pytest.mark.parametrize(
    ("week", "code"),
    [("2026-W46", RefusalCode.WEEK_OVER), ("2029-W01", RefusalCode.WEEK_TOO_FAR)],
)
async def test_week_at_the_wrong_time_is_refused(bus: PlannerBus, week: str, code: RefusalCode) -> None:
    await bus.put(bus.machine("a"))
    assert (await bus.refusal_of(bus.schedule(week))).code is code


@pytest.mark.parametrize("expected", [0, 2])
async def test_command_that_expects_another_revision_is_refused(bus: PlannerBus, expected: int) -> None:
    await bus.put(bus.machine("a"))
    await bus.outcome(bus.schedule(expected_revision=0))
    for command in (bus.schedule(expected_revision=expected), bus.cancel(expected_revision=expected)):
        refused = await bus.refusal_of(command)
        assert refused.code is RefusalCode.REVISION_CONFLICT
        assert "is at revision 1" in refused.text
    assert (await bus.scheduled(bus.schedule(expected_revision=1))).scheduled.revision == 2


async def test_there_is_nothing_to_cancel_in_a_week_never_scheduled_or_cancelled(bus: PlannerBus) -> None:
    assert (await bus.refusal_of(bus.cancel())).code is RefusalCode.NOTHING_TO_CANCEL
    await bus.put(bus.machine("a"))
    await bus.outcome(bus.schedule())
    await bus.outcome(bus.cancel())
    assert (await bus.refusal_of(bus.cancel())).code is RefusalCode.NOTHING_TO_CANCEL


UNREADABLE = {
    "not JSON": (b"{", "is not JSON"),
    "no such field": (b'{"dryrun": true}', "dryrun"),
    "truth value in words": (b'{"dry_run": "false"}', "dry_run"),
    "no such week": (b'{"week": "2027-W53"}', "week"),
    "another location than the subject's": (b'{"location": "whq"}', "the body belongs to the subject cmd.whq."),
    "wildcard for a pattern": (b'{"pattern": "*"}', "pattern"),
    "negative revision": (b'{"expected_revision": -1}', "expected_revision"),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_command_that_cannot_be_read_is_refused_and_kept_as_a_dead_letter(bus: PlannerBus, name: str) -> None:
    odd, about = UNREADABLE[name]
    good = bus.schedule()
    body = odd if odd == b"{" else json.dumps(json.loads(good.body()) | json.loads(odd)).encode()
    await bus.connection.jetstream().publish(good.subject, body, headers=good.headers("administrator"))
    (refused,) = await bus.said(CommandRefusedV1)
    told = f"{refused.text} " + " ".join(f"{problem.place} {problem.text}" for problem in refused.problems)
    assert about in told
    assert refused.command_subject == good.subject
    letter = await bus.dead_letter(good.subject)
    assert base64.b64decode(letter.original_body_base64) == body
    assert (letter.service, letter.handler, letter.attempts) == ("planner", "schedule-week-v1", 1)


async def test_unreadable_command_does_not_hold_up_the_next(bus: PlannerBus) -> None:
    await bus.put(bus.machine("a"))
    good = bus.schedule()
    await bus.connection.jetstream().publish(good.subject, b"\xff\x00", headers={"Nats-Msg-Id": bus.new_id()})
    assert set((await bus.scheduled(good)).windows) == {"a"}
