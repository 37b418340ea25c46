"""Rules set aside are told to those whom they protect, and to nobody else."""

from mweek_notifier.domain.customer_slot import AffectingHost, CustomerSlot
from mweek_notifier.domain.fleet import Blackout
from mweek_notifier.domain.override import AppliedOverride, Override, Rule, applied_overrides

from tests.support.ids import at
from tests.support.notifier_values import NOW, SATURDAY, THURSDAY, TUESDAY, customer, slot_of

BLACKOUTS = Override(Rule.BLACKOUTS, "security fix")
NOTICE = Override(Rule.NOTICE, "security fix")
SALE = Blackout(at("2026-12-01T20:00Z"), at("2026-12-02T00:00Z"), "sale")


def test_customer_with_a_blackout_in_its_slot_is_told() -> None:
    told = applied_overrides([BLACKOUTS], customer(blackouts=(SALE,)), [slot_of(TUESDAY, "acme01")], said_at=NOW)
    assert told == (AppliedOverride(Rule.BLACKOUTS, "security fix", blackouts=(SALE,)),)


def test_customer_whose_blackout_is_at_another_time_is_not_told() -> None:
    told = applied_overrides([BLACKOUTS], customer(blackouts=(SALE,)), [slot_of(THURSDAY, "acme01")], said_at=NOW)
    assert told == ()


def test_a_blackout_that_begins_when_the_slot_ends_is_not_hit() -> None:
    after = Blackout(TUESDAY.closes_at, at("2026-12-02T00:00Z"), "sale")
    told = applied_overrides([BLACKOUTS], customer(blackouts=(after,)), [slot_of(TUESDAY, "acme01")], said_at=NOW)
    assert told == ()


def test_a_host_under_its_machines_does_not_count_as_its_slot() -> None:
    host = CustomerSlot(SATURDAY, (), (AffectingHost("kyle07", ("acme01",)),))
    weekend = Blackout(SATURDAY.opens_at, SATURDAY.closes_at, "sale")
    assert applied_overrides([BLACKOUTS], customer(blackouts=(weekend,)), [host], said_at=NOW) == ()


def test_customer_that_is_told_too_late_is_told_so() -> None:
    said_at = at("2026-11-30T17:00:01Z")
    told = applied_overrides([NOTICE], customer(notice_hours=24), [slot_of(TUESDAY, "acme01")], said_at=said_at)
    assert told == (AppliedOverride(Rule.NOTICE, "security fix", notice_hours=24),)


def test_customer_that_has_its_notice_is_not_told() -> None:
    said_at = at("2026-11-30T17:00Z")
    assert applied_overrides([NOTICE], customer(notice_hours=24), [slot_of(TUESDAY, "acme01")], said_at=said_at) == ()


def test_a_slot_that_had_begun_before_the_revision_is_no_new_one() -> None:
    said_at = at("2026-12-01T18:00Z")
    assert applied_overrides([NOTICE], customer(notice_hours=24), [slot_of(TUESDAY, "acme01")], said_at=said_at) == ()
