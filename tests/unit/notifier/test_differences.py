"""What a contact is told has changed: against what it heard last."""

from mweek_notifier.domain.customer_slot import AffectingHost, CustomerSlot
from mweek_notifier.domain.difference import Change, ChangeKind, difference

from tests.support.notifier_values import MONDAY, SATURDAY, THURSDAY, TUESDAY, slot_of


def test_equal_slots_have_no_difference() -> None:
    slots = (slot_of(TUESDAY, "acme01", "acme02"),)
    assert difference(slots, slots, {}) == ()


def test_moved_machines_with_the_same_times_are_one_change() -> None:
    told, now = (
        (slot_of(TUESDAY, "acme01", "acme02", "acme03"),),
        (
            slot_of(TUESDAY, "acme03"),
            slot_of(THURSDAY, "acme01", "acme02"),
        ),
    )
    assert difference(told, now, {}) == (Change(ChangeKind.MOVED, ("acme01", "acme02"), TUESDAY, THURSDAY),)


def test_a_new_machine_is_added() -> None:
    changes = difference((slot_of(TUESDAY, "acme01"),), (slot_of(TUESDAY, "acme01", "acme02"),), {})
    assert changes == (Change(ChangeKind.ADDED, ("acme02",), None, TUESDAY),)


def test_a_withdrawn_machine_has_its_reason() -> None:
    changes = difference((slot_of(TUESDAY, "acme01"),), (), {"acme01": "retired"})
    assert changes == (Change(ChangeKind.WITHDRAWN, ("acme01",), TUESDAY, None, reason="retired"),)


def test_a_moved_host_is_told_by_name_with_the_machines_on_it() -> None:
    host = (AffectingHost("kyle07", ("acme01", "acme02")),)
    changes = difference((CustomerSlot(THURSDAY, (), host),), (CustomerSlot(SATURDAY, (), host),), {})
    assert changes == (Change(ChangeKind.MOVED, ("acme01", "acme02"), THURSDAY, SATURDAY, host="kyle07"),)


def test_a_withdrawn_host_has_the_hosts_reason() -> None:
    told = (CustomerSlot(SATURDAY, (), (AffectingHost("kyle07", ("acme01",)),)),)
    changes = difference(told, (), {"kyle07": "retired", "acme01": "blackout"})
    assert changes == (Change(ChangeKind.WITHDRAWN, ("acme01",), SATURDAY, None, host="kyle07", reason="retired"),)


def test_changes_read_moved_then_added_then_withdrawn_by_time() -> None:
    told = (slot_of(MONDAY, "a-gone"), slot_of(THURSDAY, "b-moved", "c-moved"))
    now = (slot_of(MONDAY, "c-moved"), slot_of(TUESDAY, "b-moved", "d-new"))
    kinds = [(change.kind, change.machines) for change in difference(told, now, {})]
    assert kinds == [
        (ChangeKind.MOVED, ("c-moved",)),
        (ChangeKind.MOVED, ("b-moved",)),
        (ChangeKind.ADDED, ("d-new",)),
        (ChangeKind.WITHDRAWN, ("a-gone",)),
    ]
