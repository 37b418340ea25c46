"""What an agent does: requests, waits, enters, works, leaves; and what it makes of every answer that it may get."""

from __future__ import annotations

from datetime import timedelta

from mweek.agent.tasks import REBOOT_REQUIRED
from mweek_contracts.replies import Denial, Refusal
from mweek_contracts.request_codes import ActivityKind, DenialCode, LeaveResult, RequestRefusalCode
from mweek_contracts.requests import EnterWindowV1, RequestWindowV1

from tests.support.agent_world import MACHINE, START, World, until


def requests(world: World) -> list[RequestWindowV1]:
    """Return the requests for windows that were asked, repeated ones once."""
    asked = {one.request_id: one for one in world.planner.asked if isinstance(one, RequestWindowV1)}
    return list(asked.values())


def results(world: World) -> list[LeaveResult]:
    return [one.result for one in world.planner.left]


def test_machine_with_nothing_to_do_requests_nothing() -> None:
    world = World()

    visit = world.visit()

    assert visit is not None
    assert (requests(world), visit.refusals, visit.failed) == ([], (), False)


def test_machine_with_something_to_do_requests_a_window_once_and_waits() -> None:
    world = World()
    world.add("10-kernel", 20, ActivityKind.REBOOT)
    world.add("20-database", 5, ActivityKind.RESTART)

    world.visits(3)

    [request] = requests(world)
    assert (request.estimated_minutes, request.reason) == (25, "10-kernel, 20-database (with a reboot)")
    assert [one.kind for one in request.activities] == [ActivityKind.REBOOT, ActivityKind.RESTART]
    assert world.done == []


def test_work_is_done_in_the_window_and_the_machine_leaves_with_its_downtime() -> None:
    world = World()
    world.add("10-database", 10)

    until(world, lambda: bool(world.planner.left))

    [left] = world.planner.left
    assert (left.result, left.downtime_minutes) == (LeaveResult.DONE, 13)
    assert left.facts == {"kernel": "6.12.1", "done": "10-database"}
    assert (world.done, world.hooks) == (["10-database"], ["drain", "health"])
    assert world.clock.now() >= START + timedelta(hours=12)


def test_reboot_comes_once_after_all_activities_and_the_machine_leaves_when_it_is_back() -> None:
    world = World()
    world.add("10-kernel", 10, ActivityKind.REBOOT)
    world.add("20-firmware", 10, ActivityKind.REBOOT)
    world.add(REBOOT_REQUIRED, 5, ActivityKind.REBOOT)

    until(world, lambda: bool(world.planner.left))

    assert (results(world), world.boots) == ([LeaveResult.DONE], 2)
    assert world.hooks == ["drain", "reboot", "health"]
    assert world.planner.left[0].facts["kernel"] == "6.12.2"


def test_reason_that_comes_later_is_requested_by_itself_and_joins() -> None:
    world = World()
    world.add("10-kernel")
    world.visit()
    world.add("20-database")
    world.planner.notice = timedelta(hours=10)
    until(world, lambda: bool(world.planner.left))

    assert [one.reason for one in requests(world)] == ["10-kernel", "20-database"]
    assert (world.done, len(world.planner.left)) == (["10-kernel", "20-database"], 1)


def test_window_that_is_not_needed_any_more_is_withdrawn() -> None:
    world = World()
    world.add("10-kernel")
    world.visit()
    world.pending.clear()
    world.visit()

    assert world.planner.windows == {}
    assert world.state is not None
    assert world.state.wishes == ()


def test_missed_window_is_requested_anew_with_another_id() -> None:
    world = World()
    world.add("10-kernel")
    world.visit()
    world.clock.pass_by(timedelta(days=2))
    until(world, lambda: bool(world.planner.left))

    first, second = requests(world)
    assert first.request_id != second.request_id
    assert results(world) == [LeaveResult.DONE]


def test_window_that_was_moved_is_entered_at_its_new_time() -> None:
    world = World()
    world.add("10-kernel")
    world.visit()
    [window] = world.planner.open_windows(MACHINE)
    world.planner.move(window.window_id, timedelta(hours=6))
    until(world, lambda: bool(world.planner.left))

    assert world.clock.now() >= START + timedelta(hours=18)
    assert len(requests(world)) == 1


def test_window_that_moves_in_the_last_moment_is_denied_and_looked_up_again() -> None:
    world = World()
    world.add("10-kernel")
    world.planner.denials = [Denial(code=DenialCode.SUPERSEDED, text="moved")]
    world.visit()
    [window] = world.planner.open_windows(MACHINE)
    world.clock.pass_by(timedelta(hours=12))
    world.visit()
    world.planner.move(window.window_id, timedelta(hours=1))
    until(world, lambda: bool(world.planner.left))

    assert (results(world), len(requests(world))) == ([LeaveResult.DONE], 1)


def test_denied_machine_asks_again_when_it_was_told_to() -> None:
    world = World()
    world.add("10-kernel")
    world.planner.denials = [
        Denial(code=code, text="no", retry_at=START + timedelta(hours=12, minutes=minutes))
        for code, minutes in ((DenialCode.PEER_DOWN, 1), (DenialCode.HELD, 2), (DenialCode.CAPACITY, 3))
    ]
    until(world, lambda: bool(world.planner.left))

    assert results(world) == [LeaveResult.DONE]
    assert world.said.count("not-let-in") == 3


def test_machine_that_is_too_late_requests_another_window() -> None:
    world = World()
    world.add("10-kernel")
    world.planner.denials = [Denial(code=DenialCode.TOO_LATE, text="too late")]
    until(world, lambda: bool(world.planner.left))

    assert (results(world), len(requests(world))) == ([LeaveResult.DONE], 2)


def test_refused_machine_tries_again_later_and_ever_later_with_a_new_id() -> None:
    world = World()
    world.add("10-kernel")
    refusal = Refusal(code=RequestRefusalCode.NO_CAPACITY, text="full", earliest_alternative=START + timedelta(days=3))
    world.planner.refusals = [refusal] * 3
    visit = world.visit()

    assert visit is not None
    assert visit.refusals == (refusal,)
    until(world, lambda: len(requests(world)) == 4)
    assert START + timedelta(minutes=15 + 30 + 60) <= world.clock.now() <= START + timedelta(hours=3)


def test_planner_that_is_not_ready_is_asked_the_same_again() -> None:
    world = World()
    world.add("10-kernel")
    world.planner.not_ready = 2
    until(world, lambda: bool(world.planner.left))

    assert (results(world), len(requests(world))) == ([LeaveResult.DONE], 1)


def test_drain_that_says_not_now_leaves_without_having_begun_and_comes_back_after_eight_hours() -> None:
    world = World()
    world.add("10-kernel")
    world.drain_codes = [69]
    until(world, lambda: len(world.planner.left) == 2)

    assert results(world) == [LeaveResult.NOT_NEEDED, LeaveResult.DONE]
    assert world.planner.left[0].text == "postponed: drain said 69"
    assert world.hooks == ["drain", "health", "drain", "health"]


def test_machine_that_postpones_for_ever_fails_the_fourth_time() -> None:
    world = World()
    world.add("10-kernel")
    world.drain_codes = [69] * 4
    until(world, lambda: len(world.planner.left) == 4)

    assert results(world) == [*[LeaveResult.NOT_NEEDED] * 3, LeaveResult.FAILED]


def test_drain_that_wants_to_be_tried_again_is_tried_as_long_as_the_work_fits() -> None:
    patient, hopeless = World(), World()
    for world, codes in ((patient, [75]), (hopeless, [75] * 50)):
        world.add("10-kernel", 30)
        world.drain_codes = codes
        until(world, lambda world=world: bool(world.planner.left))  # type: ignore[misc]

    assert (results(patient), patient.hooks) == ([LeaveResult.DONE], ["drain", "drain", "health"])
    assert (results(hopeless), hopeless.done) == ([LeaveResult.NOT_NEEDED], [])


def test_drain_that_fails_ends_the_stay_before_the_work() -> None:
    world = World()
    world.add("10-kernel")
    world.drain_codes = [1]
    until(world, lambda: bool(world.planner.left))

    assert (results(world), world.done, world.hooks) == ([LeaveResult.FAILED], [], ["drain", "health"])


def test_activity_that_wants_to_be_tried_again_is() -> None:
    world = World(codes=iter([75, 75, 0]))
    world.add("10-kernel", 1)
    until(world, lambda: bool(world.planner.left))

    assert (results(world), world.done) == ([LeaveResult.DONE], ["10-kernel"])


def test_activity_that_wants_it_for_ever_fails_when_the_window_is_over() -> None:
    world = World(codes=iter([75] * 100))
    world.add("10-kernel", 5)
    until(world, lambda: bool(world.planner.left))

    assert results(world) == [LeaveResult.FAILED]
    assert "wanted to be tried again" in (world.planner.left[0].text or "")


def test_activity_that_says_not_now_is_postponed_and_the_others_go_on() -> None:
    world = World(codes=iter([69, 0]))
    world.add("10-kernel", 5)
    world.add("20-database", 5)
    until(world, lambda: bool(world.planner.left))

    [left] = world.planner.left
    assert (left.result, left.facts["postponed"], world.done) == (LeaveResult.DONE, "10-kernel", ["20-database"])


def test_activity_that_fails_is_the_last_one_and_nothing_is_rebooted() -> None:
    world = World(codes=iter([0, 3]))
    for key in ("10-kernel", "20-database", "30-more"):
        world.add(key, 5, ActivityKind.REBOOT)
    until(world, lambda: bool(world.planner.left))

    assert (results(world), world.done, world.boots) == ([LeaveResult.FAILED], ["10-kernel"], 1)
    assert world.planner.left[0].text == "20-database said 3"


def test_activity_that_does_not_end_is_ended_with_the_window() -> None:
    world = World()
    world.add("10-kernel", 20)
    world.minutes["10-kernel"] = 600
    until(world, lambda: bool(world.planner.left))

    [left] = world.planner.left
    assert (left.result, left.text, world.done) == (LeaveResult.FAILED, "10-kernel was ended", [])
    assert left.downtime_minutes <= 35


def test_lease_is_renewed_while_the_work_goes_on() -> None:
    world = World()
    world.planner.lease_time = timedelta(minutes=4)
    world.add("10-kernel", 60)
    until(world, lambda: bool(world.planner.left))

    assert results(world) == [LeaveResult.DONE]


def test_machine_that_is_not_well_afterwards_has_failed() -> None:
    world = World()
    world.add("10-kernel")
    world.trouble = "the gateway does not answer"
    until(world, lambda: bool(world.planner.left))

    assert (results(world), world.planner.left[0].text) == ([LeaveResult.FAILED], "the gateway does not answer")


def test_window_of_a_week_is_entered_and_left_even_where_nothing_is_to_be_done() -> None:
    world = World()
    world.planner.give_week(MACHINE, START + timedelta(hours=2))
    until(world, lambda: bool(world.planner.left))
    world.visits(3)

    [left] = world.planner.left
    assert (left.result, left.downtime_minutes, world.hooks) == (LeaveResult.NOT_NEEDED, 0, [])


def test_everything_that_is_to_be_done_is_done_in_the_window_of_a_week() -> None:
    world = World()
    world.add("10-kernel")
    world.visit()
    world.planner.give_week(MACHINE, START + timedelta(hours=2))
    until(world, lambda: bool(world.planner.left))
    world.visits(2)

    assert (results(world), world.done) == ([LeaveResult.DONE], ["10-kernel"])
    assert world.planner.open_windows(MACHINE) == [], "the window that was requested for it is withdrawn"


def test_reason_that_stays_after_it_was_dealt_with_waits_for_eight_hours() -> None:
    world = World()
    world.planner.notice = timedelta(minutes=30)
    world.add("10-kernel")
    until(world, lambda: bool(world.planner.left))
    left_at = world.clock.now()
    world.add("10-kernel")
    world.visits(2)

    assert len(requests(world)) == 2
    assert requests(world)[1].not_before is not None
    assert requests(world)[1].not_before >= left_at + timedelta(hours=7)  # type: ignore[operator]


def test_window_that_somebody_else_requested_for_the_machine_is_left_alone() -> None:
    world = World()
    by_hand = RequestWindowV1(
        request_id="by-hand", location="rzob", machine=MACHINE, reason="new disks", estimated_minutes=30
    )
    world.planner.answer(by_hand)
    world.visits(100)

    assert (world.planner.left, world.hooks) == ([], [])


def test_agent_whose_disk_was_lost_in_a_window_leaves_it_as_failed() -> None:
    world = World()
    world.planner.give_week(MACHINE, START)
    world.add("10-kernel", 30)
    world.dies_in = "10-kernel"
    world.visit()
    assert world.stay is not None
    world.disk = None
    world.visit()

    assert results(world) == [LeaveResult.FAILED]
    assert "no record" in (world.planner.left[0].text or "")


def test_agent_whose_disk_was_lost_knows_the_window_again_that_it_requested() -> None:
    world = World()
    world.planner.notice = timedelta(0)
    world.add("10-kernel", 30)
    world.dies_in = "10-kernel"
    until(world, lambda: world.stay is not None and world.stay.lease is not None)
    world.disk = None
    world.visit()

    assert results(world) == [LeaveResult.FAILED]
    assert "no record" in (world.planner.left[0].text or "")
    assert set(world.started.values()) == {1}, "nobody knows how far it came"


def test_window_that_somebody_else_requested_and_is_in_is_not_left_for_them() -> None:
    world = World()
    world.planner.notice = timedelta(0)
    by_hand = RequestWindowV1(
        request_id="by-hand", location="rzob", machine=MACHINE, reason="new disks", estimated_minutes=30
    )
    world.planner.answer(by_hand)
    [window] = world.planner.open_windows(MACHINE)
    about = {"location": "rzob", "machine": MACHINE, "window_id": window.window_id}
    world.planner.answer(EnterWindowV1(request_id="in-by-hand", **about))
    world.visits(2)

    assert (world.planner.left, world.planner.holds_lease(MACHINE)) == ([], True)


def test_activity_in_whose_middle_the_agent_died_is_not_run_again_and_has_failed() -> None:
    world = World()
    world.add("10-kernel")
    world.dies_in = "10-kernel"
    until(world, lambda: bool(world.planner.left))

    assert (results(world), world.planner.left[0].text) == ([LeaveResult.FAILED], "10-kernel was interrupted")
    assert set(world.started.values()) == {1}
