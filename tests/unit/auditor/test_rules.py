"""The rules of docs/planning.md one by one, on weeks small enough to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mweek_auditor.domain.audit import audit
from mweek_auditor.domain.plan import Case, Compromise, Parent, PhaseSummary, Plan, Told, Unplaced, Window
from mweek_auditor.domain.told import Notice, NoticeState, Terms, awaited, not_told

from tests.support import audit_cases as cases
from tests.support.audit_cases import at, case_of, codes, customer, entry, fleet, machine, machines, pattern, phase
from tests.support.plans import moved, parent_of, plan_by_hand, window_of, with_window

BOUNDED_THEN_REST = pattern(
    phase("few", 1, entry("share 30%", role="customer")), phase("many", 2, entry("remainder", role="customer"))
)
EARLY = at(-7)


def test_a_shortage_with_a_confirmed_cause_is_no_finding() -> None:
    closed = customer("acme", blackouts=(cases.blackout(at(1), at(2)),))
    records = fleet(closed, *machines("web", 10, customer="acme"))
    plan = plan_by_hand(records, BOUNDED_THEN_REST)
    assert plan.compromises == (Compromise(code="blackout", phase="few", entry=0, planned=3, actual=0),)
    assert codes(case_of(plan, BOUNDED_THEN_REST, records)) == []


@pytest.mark.parametrize(
    "change", [{"code": "too-long"}, {"planned": 4}, {"actual": 1}], ids=["cause", "planned", "actual"]
)
def test_a_compromise_with_a_wrong_cause_or_number_is_quota(change: dict[str, object]) -> None:
    closed = customer("acme", blackouts=(cases.blackout(at(1), at(2)),))
    records = fleet(closed, *machines("web", 10, customer="acme"))
    plan = plan_by_hand(records, BOUNDED_THEN_REST)
    assert plan.compromises
    wrong = replace(plan.compromises[0], **change)  # type: ignore[arg-type]
    assert codes(case_of(replace(plan, compromises=(wrong,)), BOUNDED_THEN_REST, records)) == ["quota"]


def test_a_confirmed_shortage_that_the_plan_does_not_declare_is_quota() -> None:
    closed = customer("acme", blackouts=(cases.blackout(at(1), at(2)),))
    records = fleet(closed, *machines("web", 10, customer="acme"))
    plan = replace(plan_by_hand(records, BOUNDED_THEN_REST), compromises=())
    assert codes(case_of(plan, BOUNDED_THEN_REST, records)) == ["quota"]
    assert codes(case_of(replace(plan, compromises=None), BOUNDED_THEN_REST, records)) == []


def test_a_declared_shortage_that_a_welcome_machine_could_have_filled_is_quota() -> None:
    records = fleet(*machines("web", 10, customer="acme"))
    plan = moved(plan_by_hand(records, BOUNDED_THEN_REST), "web00", BOUNDED_THEN_REST.phases[1])
    excuse = Compromise(code="redundancy", phase="few", entry=0, planned=3, actual=2)
    assert codes(case_of(replace(plan, compromises=(excuse,)), BOUNDED_THEN_REST, records)) == ["quota"]


def test_what_an_unbounded_entry_takes_first_does_not_fill_a_later_quota_of_the_phase() -> None:
    shape = pattern(
        phase("mixed", 1, entry("all", role="storage"), entry("count 1", kind="virtual")),
        phase("rest", 2, entry("remainder", role="customer")),
    )
    records = fleet(machine("store00", role="storage"), machine("web00"), machine("web01"))
    plan = plan_by_hand(records, shape)
    assert codes(case_of(plan, shape, records)) == []
    assert codes(case_of(moved(plan, "web00", shape.phases[1]), shape, records)) == ["quota"]


def test_a_machine_that_two_entries_take_counts_for_the_one_that_needs_it() -> None:
    shape = pattern(
        phase("few", 1, entry("count 2", role="customer"), entry("count 1", kind="physical")),
        phase("many", 2, entry("remainder")),
    )
    records = fleet(machine("big00", kind="physical"), machine("web00"), machine("web01"), machine("web02"))
    plan = plan_by_hand(records, shape)
    whole = moved(moved(moved(plan, "big00", shape.phases[0]), "web00", shape.phases[0]), "web01", shape.phases[0])
    settled = moved(replace(whole, compromises=()), "web02", shape.phases[1])
    assert codes(case_of(settled, shape, records)) == []


def test_a_machine_later_than_the_entry_that_takes_all_of_its_kind_is_quota() -> None:
    shape = pattern(phase("one", 1, entry("all", role="customer")), phase("two", 2, entry("all", role="customer")))
    records = fleet(machine("web00"), machine("web01"))
    plan = plan_by_hand(records, shape)
    (found,) = audit(case_of(moved(plan, "web01", shape.phases[1]), shape, records))
    assert (found.code, found.machine) == ("quota", "web01")


def test_peers_in_one_phase_although_there_are_two_are_redundancy() -> None:
    shape = pattern(phase("one", 1, entry("all", role="customer")), phase("two", 2, entry("all", role="customer")))
    records = fleet(*machines("web", 2, redundancy_group="web"))
    plan = plan_by_hand(records, shape)
    opens_at, middle, closes_at = at(1, 17), at(1, 19, 30), at(1, 22)
    first = Window(machine="web00", phase="one", opens_at=opens_at, closes_at=middle)
    second = Window(machine="web01", phase="one", opens_at=middle, closes_at=closes_at)
    assert codes(case_of(plan, shape, records)) == []
    assert codes(case_of(replace(plan, windows=(first, second)), shape, records)) == ["redundancy"]


def test_slots_of_peers_go_by_name() -> None:
    shape = pattern(phase("one", 1, entry("all", role="customer")))
    records = fleet(*machines("web", 2, redundancy_group="web"))
    plan = plan_by_hand(records, shape)
    one, other = plan.windows
    swapped = (replace(one, machine=other.machine), replace(other, machine=one.machine))
    assert codes(case_of(plan, shape, records)) == []
    assert codes(case_of(replace(plan, windows=swapped), shape, records)) == ["redundancy"]


def test_a_machine_alone_has_the_whole_phase() -> None:
    records = fleet(machine("web00"), machine("web01"))
    shape = pattern(phase("one", 1, entry("all")))
    plan = plan_by_hand(records, shape)
    half = replace(window_of(plan, "web00"), closes_at=at(1, 20))
    assert codes(case_of(with_window(plan, "web00", half), shape, records)) == ["outside-phase"]


@pytest.mark.parametrize(("downtime", "expected"), [(235, []), (236, ["too-short"])])
def test_a_window_shorter_than_the_need_is_too_short(downtime: int, expected: list[str]) -> None:
    shape = pattern(phase("one", 1, entry("all")))
    plan = plan_by_hand(fleet(machine("web00")), shape)
    assert codes(case_of(plan, shape, fleet(machine("web00", downtime_minutes=downtime)))) == expected


def test_a_machine_that_the_plan_leaves_out_is_unplaced() -> None:
    shape = pattern(phase("one", 1, entry("all")))
    records = fleet(machine("web00"))
    plan = replace(plan_by_hand(records, shape), windows=(), unplaced=(Unplaced("web00", "its blackout leaves none"),))
    (found,) = audit(case_of(plan, shape, records))
    assert found.code == "unplaced"
    assert found.text == "web00 is in service and the plan leaves it without a window: its blackout leaves none."


def test_a_machine_of_an_unknown_customer_is_unknown_customer() -> None:
    shape = pattern(phase("one", 1, entry("all")))
    records = fleet(machine("web00", customer="acme"))
    plan = plan_by_hand(records, shape)
    assert codes(case_of(plan, shape, replace(records, customers=()))) == ["unknown-customer"]
    assert codes(case_of(plan, shape, replace(records, customers=None))) == []


class TestRevisions:
    """What holds of a revision beside what holds of any plan."""

    records = fleet(*machines("web", 10, customer="acme"))

    def first(self) -> Plan:
        return plan_by_hand(self.records, BOUNDED_THEN_REST, planned_at=EARLY)

    def second(self, plan: Plan, **fields: object) -> Case:
        revision = replace(plan, revision=2, planned_at=at(-6))
        return case_of(revision, BOUNDED_THEN_REST, self.records, parent_of(self.first()), **fields)

    def test_a_window_moved_without_need_is_needless_move(self) -> None:
        plan = self.first()
        swapped = moved(moved(plan, "web00", BOUNDED_THEN_REST.phases[1]), "web09", BOUNDED_THEN_REST.phases[0])
        assert codes(self.second(plan)) == []
        assert codes(self.second(swapped)) == ["needless-move"]

    def test_a_window_moved_after_it_had_opened_is_already_open(self) -> None:
        plan = moved(self.first(), "web00", BOUNDED_THEN_REST.phases[1])
        revision = replace(plan, revision=2, planned_at=at(1, 18))
        case = case_of(revision, BOUNDED_THEN_REST, self.records, parent_of(self.first()))
        assert "already-open" in codes(case)

    def test_a_new_window_in_a_phase_that_had_opened_is_already_open(self) -> None:
        records = cases.with_machine(self.records, machine("own00", customer=None))
        plan = moved(self.first(), "own00", BOUNDED_THEN_REST.phases[0])
        revision = replace(plan, revision=2, planned_at=at(1, 18))
        found = audit(case_of(revision, BOUNDED_THEN_REST, records, parent_of(self.first())))
        assert ("already-open", "own00") in [(f.code, f.machine) for f in found]

    def test_a_window_that_had_opened_stays_whatever_becomes_of_its_machine(self) -> None:
        revision = replace(self.first(), revision=2, planned_at=at(1, 18))
        retired = cases.with_machine(self.records, replace(machine("web00", customer="acme"), in_service=False))
        assert "retired-machine" not in codes(
            case_of(revision, BOUNDED_THEN_REST, retired, parent_of(self.first()), now=at(1, 18))
        )

    def test_a_phase_that_had_opened_stays_in_the_plan_as_it_was(self) -> None:
        first = self.first()
        later = replace(BOUNDED_THEN_REST.phases[0], opens_at=at(1, 18))
        shape = replace(BOUNDED_THEN_REST, phases=(later, BOUNDED_THEN_REST.phases[1]))
        revision = replace(first, revision=2, planned_at=at(1, 17, 30))
        assert codes(case_of(revision, shape, self.records, parent_of(first))) == []


class TestRecordsThatChangeLater:
    """What lies ahead is judged by today's records, what has opened by those that it was planned from."""

    records = fleet(*machines("web", 10, customer="acme"))
    plan = plan_by_hand(records, BOUNDED_THEN_REST, planned_at=EARLY)

    def later(self, changed: object, now: object) -> Case:
        return case_of(self.plan, BOUNDED_THEN_REST, self.records, fleet=changed, now=now)

    def test_a_joiner_is_no_window_and_does_not_change_the_quotas(self) -> None:
        joined = cases.with_machine(self.records, machine("web99", customer="acme"))
        assert codes(self.later(joined, at(0))) == ["no-window"]

    @pytest.mark.parametrize(("now", "expected"), [(at(0), ["retired-machine"]), (at(1, 18), [])])
    def test_a_machine_retired_after_its_window_opened_is_none(self, now: object, expected: list[str]) -> None:
        retired = cases.with_machine(self.records, replace(machine("web00", customer="acme"), in_service=False))
        assert codes(self.later(retired, now)) == expected

    def test_a_new_blackout_before_the_window_is_blackout(self) -> None:
        closed = customer("acme", blackouts=(cases.blackout(at(2), at(3)),))
        assert codes(self.later(replace(self.records, customers=(closed,)), at(0))) == ["blackout"]
        assert codes(self.later(replace(self.records, customers=(closed,)), at(2, 18))) == []

    def test_a_machine_that_became_another_kind_is_wrong_phase(self) -> None:
        changed = cases.with_machine(self.records, machine("web00", customer="acme", role="storage"))
        assert codes(self.later(changed, at(0))) == ["wrong-phase"]

    def test_quotas_are_not_blamed_on_a_machine_whose_old_record_is_not_known(self) -> None:
        smaller = cases.without_machine(self.records, "web09")
        case = case_of(self.plan, BOUNDED_THEN_REST, self.records, planned_from=smaller, doubtful=frozenset({"web09"}))
        assert codes(case) == []


class TestTelling:
    """Notices against the windows that a revision changed."""

    records = fleet(
        machine("kyle00", role="kvm-host", kind="physical"),
        machine("web00", customer="acme", host="kyle00"),
        customer("acme", contacts=("ops@acme.example", "cto@acme.example"), notice_hours=48),
        customer("globex"),
    )
    terms = Terms(revision=2, due_at=at(-3))
    window = Window(machine="kyle00", phase="one", opens_at=at(1, 17), closes_at=at(1, 22))

    def codes(self, *notices: Notice, now: object = at(0), terms: Terms = terms) -> list[str]:
        told = (Told(window=self.window, customer=None, affects=frozenset({"web00"})),)
        contacts = awaited(told, self.records, terms)
        return [found.code.value for found in not_told(contacts, notices, terms, now=now)]  # type: ignore[arg-type]

    def notice(self, contact: str, **fields: object) -> Notice:
        given = {"customer": "acme", "contact": contact, "revision": 2, "state": NoticeState.SENT, "at": at(-3)}
        return Notice(**(given | fields))  # type: ignore[arg-type]

    def test_the_customer_of_a_guest_is_told_of_its_host(self) -> None:
        assert self.codes() == ["not-told", "not-told"]
        assert self.codes(self.notice("ops@acme.example"), self.notice("CTO@acme.example")) == []

    def test_nobody_is_missed_before_the_grace_time_is_over(self) -> None:
        assert self.codes(now=at(-3) - timedelta(seconds=1)) == []

    def test_a_failed_notice_is_known_at_once(self) -> None:
        failed = self.notice("ops@acme.example", state=NoticeState.FAILED, detail="550 no such user")
        assert self.codes(failed, now=at(-4)) == ["notice-failed"]

    def test_a_notice_of_an_earlier_revision_does_not_count_and_one_of_a_later_does(self) -> None:
        rest = self.notice("cto@acme.example")
        assert self.codes(rest, self.notice("ops@acme.example", revision=1)) == ["not-told"]
        assert self.codes(rest, self.notice("ops@acme.example", revision=3)) == []

    def test_a_skipped_notice_needs_a_later_one(self) -> None:
        rest, skipped = self.notice("cto@acme.example"), self.notice("ops@acme.example", state=NoticeState.SKIPPED)
        assert self.codes(rest, skipped) == ["not-told"]
        assert self.codes(rest, skipped, self.notice("ops@acme.example", revision=3)) == []

    def test_a_notice_within_the_notice_hours_is_told_late(self) -> None:
        rest = self.notice("cto@acme.example")
        assert self.codes(rest, self.notice("ops@acme.example", at=at(-1, 17))) == []
        assert self.codes(rest, self.notice("ops@acme.example", at=at(-1, 17, 1))) == ["told-late"]
        overridden = replace(self.terms, notice_overridden="urgent")
        assert self.codes(rest, self.notice("ops@acme.example", at=at(0)), terms=overridden) == []


class TestAnnouncements:
    """What the events say beside the times."""

    records = fleet(
        machine("kyle00", role="kvm-host", kind="physical"), machine("web00", customer="acme", host="kyle00")
    )
    shape = pattern(phase("one", 1, entry("all")))

    def codes(self, machine_name: str, **fields: object) -> list[str]:
        plan = plan_by_hand(self.records, self.shape)
        told = Told(**({"window": window_of(plan, machine_name), "customer": None, "affects": frozenset()} | fields))  # type: ignore[arg-type]
        return codes(case_of(replace(plan, told=(told,)), self.shape, self.records))

    def test_a_host_names_the_machines_on_it(self) -> None:
        assert self.codes("kyle00", affects=frozenset({"web00"})) == []
        assert self.codes("kyle00") == ["affects"]
        assert self.codes("kyle00", affects=frozenset({"web00", "web01"})) == ["affects"]

    def test_a_window_is_told_under_its_own_customer(self) -> None:
        assert self.codes("web00", customer="acme") == []
        assert self.codes("web00", customer="globex") == ["wrong-customer"]


def test_a_cancelled_parent_leaves_nothing_to_keep() -> None:
    records = fleet(*machines("web", 10, customer="acme"))
    plan = replace(plan_by_hand(records, BOUNDED_THEN_REST, planned_at=EARLY), revision=3)
    phases = tuple(PhaseSummary(p.name, p.opens_at, p.closes_at) for p in BOUNDED_THEN_REST.phases)
    assert codes(case_of(plan, BOUNDED_THEN_REST, records, Parent(phases, (), cancelled=True))) == []
