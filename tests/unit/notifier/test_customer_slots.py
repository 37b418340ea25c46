"""Whom a revision is about, and what each customer has in the week."""

from mweek_notifier.domain.customer_slot import AffectingHost, CustomerSlot, affected_customers, customer_slots
from mweek_notifier.domain.window import Delta, Window, Withdrawal

from tests.support.notifier_values import MONDAY, SATURDAY, THURSDAY, TUESDAY, fleet, windows

FLEET = fleet(acme01="acme", acme02="acme", zeta01="zeta", kyle07=None)


def test_machines_with_equal_times_share_a_slot() -> None:
    slots = customer_slots(windows(acme02=TUESDAY, acme01=TUESDAY).values(), FLEET, frozenset({"acme"}))
    assert slots == {"acme": (CustomerSlot(TUESDAY, ("acme01", "acme02"), (), 15),)}


def test_slots_are_in_the_order_of_time() -> None:
    slots = customer_slots(windows(acme02=THURSDAY, acme01=MONDAY).values(), FLEET, frozenset({"acme"}))
    assert [each.slot for each in slots["acme"]] == [MONDAY, THURSDAY]


def test_customer_is_told_of_the_host_under_its_machines() -> None:
    host = Window("kyle07", SATURDAY, affects=("acme02", "acme01", "zeta01"))
    slots = customer_slots([host], FLEET, frozenset({"acme"}))
    assert slots == {"acme": (CustomerSlot(SATURDAY, (), (AffectingHost("kyle07", ("acme01", "acme02")),), None),)}


def test_customer_without_windows_has_no_slots() -> None:
    assert customer_slots([], FLEET, frozenset({"acme"})) == {"acme": ()}


def test_the_longest_downtime_of_a_slot_is_told() -> None:
    machines = fleet(acme01="acme", acme02="acme").machines
    longer = {**machines, "acme02": type(machines["acme02"])("acme02", "acme", 40)}
    slots = customer_slots(windows(acme01=TUESDAY, acme02=TUESDAY).values(), type(FLEET)(longer), frozenset({"acme"}))
    assert slots["acme"][0].downtime_minutes == 40


def test_operators_own_machines_affect_nobody() -> None:
    assert affected_customers(Delta(given=(Window("kyle07", SATURDAY),)), {}, FLEET) == frozenset()


def test_only_owners_of_changed_machines_are_affected() -> None:
    delta = Delta(given=(Window("acme01", TUESDAY),))
    assert affected_customers(delta, windows(zeta01=TUESDAY), FLEET) == frozenset({"acme"})


def test_owner_of_a_withdrawn_machine_is_affected_even_when_the_machine_is_gone() -> None:
    delta = Delta(taken=(Withdrawal("acme99", "retired", customer="acme"),))
    assert affected_customers(delta, windows(acme99=TUESDAY), FLEET) == frozenset({"acme"})


def test_a_moved_host_affects_those_on_it_before_and_after() -> None:
    delta = Delta(given=(Window("kyle07", SATURDAY, affects=("zeta01",)),))
    before = {"kyle07": Window("kyle07", THURSDAY, affects=("acme01",))}
    assert affected_customers(delta, before, FLEET) == frozenset({"acme", "zeta"})


def test_a_withdrawn_host_affects_those_on_it() -> None:
    delta = Delta(taken=(Withdrawal("kyle07", "retired", affects=("zeta01",)),))
    assert affected_customers(delta, {}, FLEET) == frozenset({"zeta"})


def test_the_recorded_owner_counts_and_not_the_one_that_the_plan_states() -> None:
    delta = Delta(given=(Window("acme01", TUESDAY, customer="zeta"),))
    assert affected_customers(delta, {}, FLEET) == frozenset({"acme"})
