"""Revisions, windows and what is still to look at, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from mweek_auditor.domain.plan import Window
from mweek_auditor.storage.rows import AuditorRow
from mweek_auditor.storage.weeks import (
    Part,
    PartKind,
    StandingPlan,
    apply_windows,
    forget_other_parts,
    forget_parts,
    keep_part,
    load_windows,
    note_inventory_change,
    parts_of,
    plans_to_look_at,
    standing_plan,
    store_plan,
)
from mweek_outbox import Database, migrate, open_database, schema_revision

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")
MONDAY, TUESDAY = at("2026-11-30T09:00Z"), at("2026-12-01T17:00Z")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_auditor")
    opened = open_database(database_url)
    yield opened
    opened.close()


def plan(revision: int = 1, location: str = "rzob", **fields: object) -> StandingPlan:
    whole = {
        "location": location,
        "week": "2026-W49",
        "plan_id": f"{location}/2026-W49/r{revision}",
        "revision": revision,
        "closing": "{}",
        "heard_at": NOW,
    }
    return StandingPlan(**(whole | fields))  # type: ignore[arg-type]


def window(machine: str, opens_at: object = MONDAY) -> Window:
    closes_at = opens_at + timedelta(hours=4)  # type: ignore[operator]
    return Window(machine=machine, phase="one", opens_at=opens_at, closes_at=closes_at)  # type: ignore[arg-type]


def part(plan_id: str, number: int, body: str, kind: PartKind = PartKind.ASSIGNED) -> Part:
    return Part(plan_id=plan_id, kind=kind, part=number, location="rzob", week="2026-W49", body=body)


def revise(database: Database, standing: StandingPlan, *given: Window, gone: tuple[str, ...] = ()) -> None:
    with database.transaction() as session:
        apply_windows(session, standing, given=given, changed={*gone, *(w.machine for w in given)})


def windows(database: Database, *, parent: bool = False, location: str = "rzob") -> tuple[Window, ...]:
    with database.read() as session:
        return load_windows(session, location, "2026-W49", parent=parent)


def test_the_migrated_database_has_the_tables_of_the_rows(database_url: str) -> None:
    migrate(database_url, "mweek_auditor")
    opened = open_database(database_url)
    with opened.read() as session:
        inspector = sa.inspect(session.connection())
        for table in AuditorRow.metadata.sorted_tables:
            made = {column["name"] for column in inspector.get_columns(table.name)}
            assert made == {column.name for column in table.columns}, table.name
            keys = inspector.get_pk_constraint(table.name)["constrained_columns"]
            assert keys == [column.name for column in table.primary_key.columns], table.name
    opened.close()
    current, head = schema_revision(database_url, "mweek_auditor")
    assert current == head


def test_a_revision_changes_some_windows_keeps_the_others_and_remembers_its_parent(database: Database) -> None:
    revise(database, plan(), window("a"), window("b"), window("c"))
    revise(database, plan(2), window("b", TUESDAY), gone=("c",))
    assert windows(database) == (window("a"), window("b", TUESDAY))
    assert windows(database, parent=True) == (window("a"), window("b"), window("c"))


def test_the_parent_is_the_revision_just_before(database: Database) -> None:
    revise(database, plan(), window("a"))
    revise(database, plan(2), window("b"))
    revise(database, plan(3), window("c"))
    assert windows(database, parent=True) == (window("a"), window("b"))


def test_two_windows_of_one_machine_are_both_kept_for_the_audit_to_find(database: Database) -> None:
    revise(database, plan(), window("a"), window("a", TUESDAY))
    assert windows(database) == (window("a"), window("a", TUESDAY))


def test_windows_of_another_location_are_left_alone(database: Database) -> None:
    revise(database, plan(location="whq"), window("a"))
    revise(database, plan(), window("a", TUESDAY))
    revise(database, plan(2), gone=("a",))
    assert windows(database, location="whq") == (window("a"),)


def test_parts_come_back_in_their_order_whatever_order_they_came_in(database: Database) -> None:
    with database.transaction() as session:
        keep_part(session, part("p", 2, "second"))
        keep_part(session, part("p", 1, "taken", PartKind.WITHDRAWN))
        keep_part(session, part("p", 1, "first"))
    with database.read() as session:
        assert parts_of(session, "p") == (
            (PartKind.ASSIGNED, "first"),
            (PartKind.ASSIGNED, "second"),
            (PartKind.WITHDRAWN, "taken"),
        )


def test_a_new_revision_forgets_the_parts_of_older_ones_and_leaves_previews(database: Database) -> None:
    preview = "rzob/2026-W49/preview/ask"
    with database.transaction() as session:
        for plan_id in (plan(1).plan_id, plan(2).plan_id, preview):
            keep_part(session, part(plan_id, 1, plan_id))
        forget_other_parts(session, plan(2))
    with database.transaction() as session:
        assert [len(parts_of(session, p)) for p in (plan(1).plan_id, plan(2).plan_id, preview)] == [0, 1, 1]
        forget_parts(session, preview)
        assert parts_of(session, preview) == ()


def test_the_standing_plan_comes_back_as_it_was_stored(database: Database) -> None:
    whole = plan(2, cancelled=True, parent_phases=[{"name": "one"}], notices_due_at=NOW, next_look_at=MONDAY)
    with database.transaction() as session:
        store_plan(session, plan())
        store_plan(session, whole)
    with database.read() as session:
        assert standing_plan(session, "rzob", "2026-W49") == whole
        assert standing_plan(session, "rzob", "2026-W50") is None


@pytest.mark.parametrize("what", ["notices_due_at", "inventory_due_at", "next_look_at"])
def test_a_plan_is_to_be_looked_at_from_the_moment_something_is_due(database: Database, what: str) -> None:
    with database.transaction() as session:
        store_plan(session, plan(**{what: NOW}))
    with database.read() as session:
        assert plans_to_look_at(session, NOW - timedelta(seconds=1)) == ()
        assert plans_to_look_at(session, NOW) == (("rzob", "2026-W49"),)


@pytest.mark.parametrize(("locations", "due"), [(["rzob"], ("rzob",)), (None, ("rzob", "whq")), (["other"], ())])
def test_a_changed_inventory_concerns_the_open_weeks_of_its_locations(
    database: Database, locations: list[str] | None, due: tuple[str, ...]
) -> None:
    with database.transaction() as session:
        for location in ("rzob", "whq"):
            store_plan(session, plan(location=location, next_look_at=MONDAY))
        store_plan(session, plan(location="over"))
        note_inventory_change(session, locations, NOW)
    with database.read() as session:
        assert tuple(sorted(location for location, _ in plans_to_look_at(session, NOW))) == due
