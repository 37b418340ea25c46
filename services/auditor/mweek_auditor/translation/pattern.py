"""A pattern of the contracts, laid over one week."""

from __future__ import annotations

from mweek_contracts.pattern import Entry as EntryFields
from mweek_contracts.pattern import Pattern as PatternFields
from mweek_contracts.pattern import Selector as SelectorFields
from mweek_contracts.pattern import Take, basis_points, length, opens_offset
from mweek_contracts.weeks import week_starts_at

from mweek_auditor.domain.pattern import Entry, Pattern, Phase, Quota, Selector


def pattern_of(fields: PatternFields, week: str) -> Pattern:
    """Return the phases of a pattern with the instants of a week; raises ValueError for a text that is no week."""
    monday = week_starts_at(week)
    phases = []
    for phase in fields.phases:
        opens_at = monday + opens_offset(phase.opens)
        entries = tuple(_entry(entry) for entry in phase.takes)
        phases.append(
            Phase(name=phase.name, opens_at=opens_at, closes_at=opens_at + length(phase.lasts), entries=entries)
        )
    names = [phase.name for phase in phases]
    remainder = names.index(fields.remainder) if fields.remainder is not None else None
    return Pattern(name=fields.pattern, phases=tuple(phases), remainder=remainder)


def _entry(fields: EntryFields) -> Entry:
    select = _selector(fields.select)
    if fields.take is not None:
        return Entry(select=select, quota=Quota.ALL if fields.take is Take.ALL else Quota.REMAINDER)
    if fields.count is not None:
        return Entry(select=select, quota=Quota.COUNT, amount=fields.count)
    shares = ((Quota.SHARE, fields.share), (Quota.AT_MOST, fields.at_most), (Quota.SAMPLE, fields.sample))
    quota, share = next((quota, share) for quota, share in shares if share is not None)
    return Entry(select=select, quota=quota, amount=basis_points(share))


def _selector(fields: SelectorFields) -> Selector:
    return Selector(
        role=fields.role,
        environment=tuple(value.value for value in fields.environment) if fields.environment is not None else None,
        kind=tuple(value.value for value in fields.kind) if fields.kind is not None else None,
        customer=fields.customer,
        profile=fields.profile,
        tested=fields.tested,
        labels=tuple(sorted((fields.labels or {}).items())),
    )
