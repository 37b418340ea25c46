"""What an import changes, and with which revisions."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from mweek_inventory.domain.change import FleetChange, decide
from mweek_inventory.domain.fleet import (
    Customer,
    KnownCustomer,
    KnownFleet,
    KnownMachine,
    KnownPolicy,
    Machine,
    Policy,
)
from mweek_inventory.domain.fleet_import import FleetImport, Placed

NOTHING = KnownFleet(machines={}, customers={}, owned_elsewhere={})


def machine(name: str, digest: str = "a") -> Machine:
    """Return a physical machine of nobody."""
    return Machine(name=name, virtual=False, customer=None, host=None, digest=digest)


def asked(*machines: Machine, replaces: bool = False, remove: tuple[str, ...] = ()) -> FleetImport:
    """Return an import of machines."""
    return FleetImport(
        location="rzob",
        replaces=replaces,
        machines=tuple(Placed(one, "") for one in machines),
        remove_machines=tuple(Placed(name, "") for name in remove),
    )


def after(known: KnownFleet, change: FleetChange) -> KnownFleet:
    """Return what is known once a change is done."""
    machines = {one.machine.name: one for one in (*change.machines_put, *change.machines_removed)}
    customers = {one.customer.customer: one for one in (*change.customers_put, *change.customers_removed)}
    return replace(known, machines={**known.machines, **machines}, customers={**known.customers, **customers})


def done(known: KnownFleet, wanted: FleetImport) -> FleetChange:
    """Return the change of an import that is not refused."""
    decision = decide(wanted, known)
    assert isinstance(decision, FleetChange)
    return decision


def test_new_machine_gets_revision_one() -> None:
    """Counting begins at one."""
    assert done(NOTHING, asked(machine("kyle00"))).machines_put == (KnownMachine(machine("kyle00"), 1),)


def test_only_what_differs_is_changed() -> None:
    """The rest is counted and left alone."""
    known = after(NOTHING, done(NOTHING, asked(machine("kyle00"), machine("kyle01"))))
    assert done(known, asked(machine("kyle00"), machine("kyle01", "b"))) == FleetChange(
        location="rzob", machines_put=(KnownMachine(machine("kyle01", "b"), 2),), machines_unchanged=1
    )


def test_machine_that_returns_goes_on_counting() -> None:
    """A reader that missed the tombstone would else take the new record for an old one."""
    known = after(NOTHING, done(NOTHING, asked(machine("kyle00"))))
    known = after(known, done(known, asked(remove=("kyle00",))))
    assert done(known, asked(machine("kyle00"))).machines_put == (KnownMachine(machine("kyle00"), 3),)


def test_replacement_removes_what_it_does_not_name() -> None:
    """The location is what the import says, from now on."""
    known = after(NOTHING, done(NOTHING, asked(machine("kyle00"), machine("kyle01"))))
    change = done(known, asked(machine("kyle01"), replaces=True))
    assert change.machines_removed == (KnownMachine(machine("kyle00"), 2, removed=True),)
    assert change.machines_unchanged == 1


def test_removing_twice_changes_nothing() -> None:
    """An administrator who is not sure may ask again."""
    known = after(NOTHING, done(NOTHING, asked(machine("kyle00"))))
    known = after(known, done(known, asked(remove=("kyle00",))))
    assert done(known, asked(remove=("kyle00",))) == FleetChange(location="rzob", machines_unchanged=1)


def test_customers_are_counted_alike() -> None:
    """Put, unchanged and removed."""
    acme = Customer(customer="acme", digest="a")
    known = replace(NOTHING, customers={"acme": KnownCustomer(acme, 4)})
    put = FleetImport(location="rzob", customers=(Placed(acme, ""),))
    gone = FleetImport(location="rzob", remove_customers=(Placed("acme", ""),))
    assert done(known, put) == FleetChange(location="rzob", customers_unchanged=1)
    assert done(known, gone).customers_removed == (KnownCustomer(acme, 5, removed=True),)


def policy(digest: str) -> FleetImport:
    """Return an import of a policy alone."""
    return FleetImport(location="rzob", policies=(Placed(Policy(digest=digest), "policy"),))


NO_POLICY = FleetImport(location="rzob", remove_policy=(Placed("rzob", "remove_policy"),))


def test_policies_are_counted_alike() -> None:
    """New, unchanged, changed, removed, and back again with the next revision."""
    first = done(NOTHING, policy("a"))
    assert first == FleetChange(location="rzob", policy_put=KnownPolicy(Policy(digest="a"), 1))
    known = replace(NOTHING, policy=first.policy_put)
    assert done(known, policy("a")) == FleetChange(location="rzob", policies_unchanged=1)
    assert done(known, policy("b")).policy_put == KnownPolicy(Policy(digest="b"), 2)
    gone = done(known, NO_POLICY)
    assert gone == FleetChange(location="rzob", policy_removed=KnownPolicy(Policy(digest="a"), 2, removed=True))
    removed = replace(NOTHING, policy=gone.policy_removed)
    assert done(removed, NO_POLICY) == FleetChange(location="rzob", policies_unchanged=1)
    assert done(removed, policy("a")).policy_put == KnownPolicy(Policy(digest="a"), 3)


def test_replacement_that_does_not_speak_of_the_policy_leaves_it() -> None:
    """A CSV file cannot speak of it: importing one must not let more machines be down at once."""
    known = replace(NOTHING, policy=KnownPolicy(Policy(digest="a"), 1))
    assert done(known, asked(machine("kyle00"), replaces=True)).policy_removed is None


fleets = st.dictionaries(st.sampled_from([f"kyle{n:02d}" for n in range(6)]), st.sampled_from("ab"), min_size=1)


@given(first=fleets, second=fleets)
def test_replacing_leads_to_what_was_asked_and_again_changes_nothing(
    first: dict[str, str], second: dict[str, str]
) -> None:
    """Whatever was there: afterwards exactly the import is, each revision is at most one higher, and then all rests."""
    known = after(NOTHING, done(NOTHING, asked(*(machine(*item) for item in first.items()), replaces=True)))
    wanted = asked(*(machine(*item) for item in second.items()), replaces=True)
    change = done(known, wanted)
    then = after(known, change)
    assert {one.name: one.digest for one in then.present()} == second
    revisions = {name: one.revision for name, one in then.machines.items()}
    changed = {name for name in {*first, *second} if first.get(name) != second.get(name)}
    assert revisions == {name: (name in first) + (name in changed) for name in {*first, *second}}
    assert done(then, wanted) == FleetChange(location="rzob", machines_unchanged=len(second))
