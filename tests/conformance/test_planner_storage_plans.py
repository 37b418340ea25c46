"""Plans, windows and commands of the planner, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from mweek_contracts.reasons import CompromiseCode, UnplacedCode
from mweek_outbox import Database, migrate, open_database
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.plan import Assignment, Overrides, Plan, Unplaced, facts
from mweek_planner.domain.planning import PlanningInput
from mweek_planner.domain.planning import plan as make_plan
from mweek_planner.domain.report import Compromise, Report
from mweek_planner.interfaces import CurrentPlan
from mweek_planner.storage.commands import SeenCommand, find_command, remember_command
from mweek_planner.storage.plans import load_current, store_revision, turns_taken, was_repaired
from mweek_planner.storage.rows import PLAN, WINDOW
from mweek_planner.storage.windows import PlanChangedError, load_assignments
from mweek_planner.translation import pattern_from
from sqlalchemy.exc import IntegrityError

from tests.support.fleets import fleet, machine, machines
from tests.support.ids import at
from tests.support.planner_values import DOCUMENT, PATTERN, POSITION, kept, later, plan, revision, window


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_planner")
    opened = open_database(database_url)
    yield opened
    opened.close()


def store(database: Database, *plans: Plan) -> None:
    """Store a line of revisions, each the parent of the next."""
    for parent, of in zip((None, *plans), plans, strict=False):
        with database.transaction() as session:
            store_revision(session, revision(of, parent=parent))


def current(database: Database, week: str = "2026-W49") -> CurrentPlan | None:
    with database.read() as session:
        return load_current(session, "rzob", week, pattern_from=pattern_from)


def windows_of(database: Database, number: int) -> tuple[Assignment, ...]:
    with database.read() as session:
        return load_assignments(session, "rzob", "2026-W49", number)


def stored_windows(database: Database) -> int:
    with database.read() as session:
        count: int = session.connection().execute(sa.select(sa.func.count()).select_from(WINDOW)).scalar_one()
        return count


def test_plan_comes_back_as_it_was_stored(database: Database) -> None:
    whole = plan(
        [
            window("kyle07", customer="acme", affects=("acme03", "acme04"), facts=facts(quota=3, selector="any role")),
            later(window("own", phase=2), minutes=30),
        ],
        unplaced=(Unplaced("lost", "acme", UnplacedCode.BLACKOUT, facts(avoided="mon-1")),),
        overrides=Overrides(notice="the fire brigade said so"),
    )
    with database.transaction() as session:
        report = Report((Compromise(CompromiseCode.REDUNDANCY, "mon-1", 0, 3, 2, facts(group="g")),), 1)
        store_revision(session, revision(whole, report=report))
    assert DOCUMENT is not None
    assert current(database) == CurrentPlan(whole, DOCUMENT, POSITION)


def test_week_without_a_plan_has_none(database: Database) -> None:
    store(database, plan([window("a")]))
    assert current(database, "2026-W50") is None


def test_every_revision_keeps_its_windows(database: Database) -> None:
    first = plan([window("stays"), window("moves"), window("leaves")])
    moved = later(window("moves"), minutes=60)
    second = plan([kept(window("stays")), moved, window("joins", phase=3)], parent=first)
    third = plan([kept(window("stays")), window("moves"), window("leaves")], parent=second)
    store(database, first, second, third)
    assert [windows_of(database, number) for number in (1, 2, 3)] == [
        first.assignments,
        second.assignments,
        third.assignments,
    ]


def test_joiner_writes_one_window_however_many_there_are(database: Database) -> None:
    first = plan([window(f"m{number:04d}") for number in range(2_500)])
    store(database, first)
    with database.transaction() as session:
        parent = load_current(session, "rzob", "2026-W49", pattern_from=pattern_from)
        assert parent is not None
        second = plan([*map(kept, first.assignments), window("joiner", phase=1)], parent=parent.plan)
        store_revision(session, revision(second, parent=parent.plan))
    assert stored_windows(database) == 2_501
    assert windows_of(database, 2) == second.assignments


def test_many_windows_end_in_one_revision(database: Database) -> None:
    first = plan([window(f"m{number:04d}") for number in range(2_500)])
    second = plan([], parent=first, cancelled=True)
    with database.transaction() as session:
        store_revision(session, revision(first))
        store_revision(session, revision(second, parent=first, cancelled_because="storm"))
    assert windows_of(database, 2) == ()
    assert windows_of(database, 1) == first.assignments


def test_cancelled_revision_comes_back_cancelled_and_can_be_followed(database: Database) -> None:
    first = plan([window("opened"), window("later", phase=3)])
    second = plan([kept(window("opened"))], parent=first, cancelled=True)
    with database.transaction() as session:
        store_revision(session, revision(first))
        store_revision(session, revision(second, parent=first, cancelled_because="storm"))
    stands = current(database)
    assert stands is not None
    assert stands.plan == second
    third = plan([kept(window("opened")), window("later", phase=3)], parent=stands.plan)
    with database.transaction() as session:
        store_revision(session, revision(third, parent=stands.plan))
    assert windows_of(database, 3) == third.assignments


def test_kept_window_of_a_host_that_affects_other_machines_now_says_so(database: Database) -> None:
    host = window("kyle07", affects=("a",), facts=facts(quota=1))
    first = plan([host])
    second = plan([replace(kept(host), affects=("a", "b"))], parent=first)
    third = plan([replace(kept(host), affects=("a", "b"))], parent=second)
    store(database, first, second, third)
    assert [windows_of(database, number) for number in (1, 2, 3)] == [
        first.assignments,
        second.assignments,
        third.assignments,
    ]


def test_same_revision_cannot_be_stored_twice(database: Database) -> None:
    first = plan([window("a")])
    store(database, first)
    with pytest.raises(IntegrityError), database.transaction() as session:
        store_revision(session, revision(plan([window("b")])))
    assert windows_of(database, 1) == first.assignments


def test_revision_that_skips_its_parent_is_refused(database: Database) -> None:
    first = plan([window("a")])
    store(database, first)
    skipping = replace(plan([window("a")], parent=first), revision=3)
    with pytest.raises(IntegrityError), database.transaction() as session:
        store_revision(session, revision(skipping, parent=first))


def test_revision_planned_from_windows_that_changed_is_refused(database: Database) -> None:
    first = plan([window("a"), window("b")])
    second = plan([kept(window("a"))], parent=first)
    store(database, first, second)
    stale = replace(plan([], parent=first), revision=3, parent_revision=2)
    with (
        pytest.raises(PlanChangedError, match="ends 2 windows of its parent, of which 1 still stand"),
        database.transaction() as session,
    ):
        store_revision(session, revision(stale, parent=first))
    assert windows_of(database, 2) == second.assignments


def test_database_takes_no_second_window_of_a_machine(database: Database) -> None:
    first = plan([window("a")])
    store(database, first, plan([window("a")], parent=first))
    with database.read() as session:
        row = session.connection().execute(sa.select(WINDOW)).mappings().one()
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.connection().execute(sa.insert(WINDOW), {**row, "since_revision": 2, "phase": "thu-1"})


def test_weeks_and_locations_are_apart(database: Database) -> None:
    store(database, plan([window("a")]))
    store(database, plan([window("a")], location="whq"))
    store(database, plan([window("a")], week="2026-W50"))
    with database.read() as session:
        plans = session.connection().execute(sa.select(PLAN.c.location, PLAN.c.week, PLAN.c.revision))
        assert set(plans) == {("rzob", "2026-W49", 1), ("whq", "2026-W49", 1), ("rzob", "2026-W50", 1)}


def test_turns_taken_count_early_windows_of_the_half_year_before(database: Database) -> None:
    early, late = 0, 7
    for week in ("2026-W23", "2026-W24", "2026-W48", "2026-W49"):
        store(database, plan([window("first", phase=early), window("last", phase=late)], week=week))
    store(database, plan([window("first", phase=early)], week="2026-W48", location="whq"))
    with database.read() as session:
        # 2026-W23 is 27 weeks before 2026-W50 and forgotten.
        assert turns_taken(session, "rzob", before="2026-W50") == {"first": 3}
        assert turns_taken(session, "rzob", before="2026-W49") == {"first": 3}
        assert turns_taken(session, "rzob", before="2026-W24") == {"first": 1}


def test_turn_of_a_window_that_was_taken_away_does_not_count(database: Database) -> None:
    first = plan([window("a"), window("b")], week="2026-W48")
    store(database, first, plan([window("b")], parent=first))
    with database.read() as session:
        assert turns_taken(session, "rzob", before="2026-W49") == {"b": 1}


def test_repair_is_known_by_its_key_within_its_week(database: Database) -> None:
    with database.transaction() as session:
        store_revision(session, revision(plan([window("a")]), repair_key="k" * 64))
    with database.read() as session:
        assert was_repaired(session, "rzob", "2026-W49", repair_key="k" * 64)
        assert not was_repaired(session, "rzob", "2026-W49", repair_key="l" * 64)
        assert not was_repaired(session, "rzob", "2026-W50", repair_key="k" * 64)


def test_command_comes_back_as_it_was_remembered_and_only_once(database: Database) -> None:
    seen = SeenCommand(
        command_id="command-1",
        content_digest="d" * 64,
        location="rzob",
        week="2026-W49",
        outcome="scheduled r1",
        decided_at=at("2026-11-20T08:00Z"),
    )
    with database.transaction() as session:
        assert find_command(session, "command-1") is None
        remember_command(session, seen)
    with database.read() as session:
        assert find_command(session, "command-1") == seen
    with pytest.raises(IntegrityError), database.transaction() as session:
        remember_command(session, replace(seen, outcome="scheduled r2"))


def test_plan_that_planning_made_comes_back_whole_through_all_revisions(database: Database) -> None:
    hosts = machines("kyle", 2, role="kvm-host")
    guests = machines("web", 40, host="kyle00", customer="acme")
    peers = machines("db", 3, redundancy_group="db")
    fleets = (
        fleet(hosts, guests, peers),
        fleet(hosts, guests, peers, machine("joins", host="kyle00")),
        fleet(hosts, guests[1:], peers[1:], machine("joins", host="kyle01"), machine("vast", downtime_minutes=6000)),
    )
    parent: Plan | None = None
    for now, each in zip(("2026-11-20T08:00Z", "2026-11-20T09:00Z", "2026-12-01T18:00Z"), fleets, strict=True):
        asked = PlanningInput(location="rzob", week="2026-W49", now=at(now), fleet=each, pattern=PATTERN, parent=parent)
        planned = make_plan(asked)
        assert isinstance(planned, Planned)
        with database.transaction() as session:
            store_revision(session, revision(planned.plan, parent=parent, report=planned.report))
        stands = current(database)
        assert stands is not None
        assert stands.plan == planned.plan
        parent = stands.plan
