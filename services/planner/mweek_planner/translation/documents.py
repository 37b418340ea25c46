"""Machines, customers and patterns as they are written, and as planning sees them."""

from __future__ import annotations

from datetime import timedelta

from mweek_contracts import fleet as wire
from mweek_contracts import pattern as wire_pattern
from mweek_contracts.policy import LocationPolicyFields
from mweek_timewindows import WeeklyCalendar, WeeklyWindow

from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.machine import Machine
from mweek_planner.domain.pattern import Entry, Pattern, PatternPhase, Quota, QuotaKind
from mweek_planner.domain.requests import Policy
from mweek_planner.domain.selector import Selector
from mweek_planner.interfaces import LocationPolicy


def machine_from(fields: wire.MachineFields) -> Machine:
    """Return a machine of a record or a fleet file as planning sees it."""
    return Machine(
        name=fields.name,
        kind=fields.kind.value,
        role=fields.role,
        environment=fields.environment.value,
        customer=fields.customer,
        host=fields.host,
        redundancy_group=fields.redundancy_group,
        profile=fields.profile,
        os_release=fields.os_release,
        hardware_model=fields.hardware_model,
        bios_version=fields.bios_version,
        downtime_minutes=fields.downtime_minutes,
        in_service=fields.in_service,
        labels=tuple(sorted(fields.labels.items())),
    )


def customer_from(fields: wire.CustomerFields) -> Customer:
    """Return a customer of a record or a fleet file as planning sees it."""
    return Customer(
        name=fields.customer,
        notice_hours=fields.notice_hours,
        blackouts=tuple(Blackout(b.starts_at, b.ends_at, b.reason) for b in fields.blackouts),
        calendar=WeeklyCalendar(
            fields.timezone,
            tuple(WeeklyWindow(tuple(day.value for day in w.days), w.start, w.end) for w in fields.acceptable_windows),
        ),
        max_parallel=fields.max_parallel,
    )


def policy_from(fields: LocationPolicyFields) -> LocationPolicy:
    """Return what a location allows in windows as decisions see it."""
    return LocationPolicy(
        windows=Policy(
            capacity=fields.capacity,
            padding_percent=fields.padding_percent,
            minimum_minutes=fields.shortest_window_minutes,
            preparation_minutes=fields.preparation_minutes,
        ),
        lease=timedelta(minutes=fields.lease_minutes),
        requests_per_minute=fields.requests_per_minute,
    )


def pattern_from(document: wire_pattern.Pattern) -> Pattern:
    """Return the shape of a week as planning sees it: times as offsets, shares as basis points."""
    return Pattern(
        name=document.pattern,
        phases=tuple(
            PatternPhase(
                name=phase.name,
                opens=wire_pattern.opens_offset(phase.opens),
                lasts=wire_pattern.length(phase.lasts),
                entries=tuple(_entry_from(entry) for entry in phase.takes),
            )
            for phase in document.phases
        ),
        remainder=document.remainder,
    )


def _entry_from(entry: wire_pattern.Entry) -> Entry:
    return Entry(_selector_from(entry.select), _quota_from(entry), prefer_untested=entry.prefer == "untested")


def _selector_from(select: wire_pattern.Selector) -> Selector:
    return Selector(
        roles=select.role,
        environments=None if select.environment is None else tuple(e.value for e in select.environment),
        kinds=None if select.kind is None else tuple(k.value for k in select.kind),
        customers=select.customer,
        profiles=select.profile,
        tested=select.tested,
        labels=tuple(sorted((select.labels or {}).items())),
    )


def _quota_from(entry: wire_pattern.Entry) -> Quota:
    if entry.take is not None:
        return Quota(QuotaKind(entry.take.value))
    if entry.count is not None:
        return Quota(QuotaKind.COUNT, entry.count)
    shares = (
        (QuotaKind.SHARE, entry.share),
        (QuotaKind.AT_MOST, entry.at_most),
        (QuotaKind.SAMPLE, entry.sample),
    )
    kind, share = next((kind, share) for kind, share in shares if share is not None)
    return Quota(kind, wire_pattern.basis_points(share))
