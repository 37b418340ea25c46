"""Any week that may be asked for: Hypothesis strategies over fleets, patterns and circumstances.

Small on purpose: a few names, customers and times that meet often find more than many that never do.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.domain.pattern import Entry, Pattern, PatternPhase, Quota, QuotaKind
from mweek_planner.domain.planning import PlanningInput
from mweek_planner.domain.selector import Selector

from tests.support.ids import at

WEEK: Final = "2026-W49"
MONDAY: Final = at("2026-11-30T00:00Z")
EARLY_ENOUGH: Final = at("2026-11-20T08:00Z")
OWNERS: Final = ("acme", "bolt", "corvid")
HOUR: Final = timedelta(hours=1)

_hours = st.integers(0, 7 * 24).map(lambda hours: MONDAY + hours * HOUR)

blackouts = st.builds(
    lambda starts_at, hours: Blackout(starts_at, starts_at + hours * HOUR, "sale"), _hours, st.integers(1, 72)
)

customers = st.tuples(
    *(
        st.builds(
            Customer,
            name=st.just(name),
            notice_hours=st.sampled_from((0, 12, 48)),
            blackouts=st.lists(blackouts, max_size=1).map(tuple),
        )
        for name in OWNERS
    )
)


_KINDS: Final = tuple(
    {"kind": kind, "role": role, "environment": environment, "customer": owner}
    for kind, role in (("virtual", "customer"), ("physical", "storage"), ("virtual", "odd"))
    for environment in ("production", "test")
    for owner in (None, *OWNERS)
)
_SHAPES: Final = tuple(
    {"profile": profile, "os_release": release} for profile in (None, "web", "mail") for release in ("25.05", "25.11")
)
_kinds = st.sampled_from(_KINDS[:4]) | st.sampled_from(_KINDS)
"""Customer production machines are the most."""


def machines(name: str) -> st.SearchStrategy[Machine]:
    """Return any machine of that name. Few draws: Hypothesis pays for each."""
    return st.builds(
        lambda kind, shape, group, minutes, in_service: Machine(
            name=name,
            **kind,
            **shape,
            redundancy_group=group,
            downtime_minutes=minutes,
            in_service=in_service,
        ),
        _kinds,
        st.sampled_from(_SHAPES),
        st.sampled_from((None, None, None, "red", "green", "blue")),
        st.sampled_from((15, 15, 15, 15, 0, 40, 100, 300)),
        st.sampled_from((True, True, True, True, False)),
    )


@st.composite
def fleets(draw: st.DrawFn, *, most: int = 24) -> Fleet:
    """Return any fleet of at most so many machines."""
    count = draw(st.integers(1, most))
    return Fleet(tuple(draw(machines(f"m{number:02d}")) for number in range(count)), draw(customers))


selectors = st.sampled_from(
    (
        Selector(),
        Selector(roles=("customer",)),
        Selector(roles=("storage",)),
        Selector(roles=("customer",), environments=("production",)),
        Selector(roles=("customer",), environments=("test",)),
        Selector(environments=("production",), tested=False),
        Selector(environments=("production",), tested=True),
        Selector(kinds=("physical",)),
        Selector(customers=("acme", "bolt")),
        Selector(profiles=("web",)),
    )
)

quotas = st.one_of(
    st.just(Quota(QuotaKind.ALL)),
    st.just(Quota(QuotaKind.REMAINDER)),
    st.builds(Quota, st.just(QuotaKind.COUNT), st.integers(1, 4)),
    st.builds(
        Quota,
        st.sampled_from((QuotaKind.SHARE, QuotaKind.AT_MOST, QuotaKind.SAMPLE)),
        st.sampled_from((500, 1250, 2000, 3000, 5000)),
    ),
)

entries = st.builds(Entry, selectors, quotas, st.booleans())


@st.composite
def patterns(draw: st.DrawFn, *, remainder: bool | None = None) -> Pattern:
    """Return any pattern of up to five phases; `remainder` says whether it declares one, None: either."""
    days = draw(st.lists(st.integers(0, 13), min_size=1, max_size=5, unique=True))
    phases = tuple(
        PatternPhase(
            f"p{number}",
            slot * 12 * HOUR,
            draw(st.sampled_from((1, 3, 5))) * HOUR,
            tuple(draw(st.lists(entries, max_size=3))),
        )
        for number, slot in enumerate(sorted(days))
    )
    declares = draw(st.booleans()) if remainder is None else remainder
    name = draw(st.sampled_from([phase.name for phase in phases])) if declares else None
    return _sharing_at_most_everything(Pattern("any", phases, name))


@st.composite
def weeks(draw: st.DrawFn, *, remainder: bool | None = True, most: int = 24) -> PlanningInput:
    """Return any question for a first plan that comes early enough for everybody's notice."""
    return PlanningInput(
        location="rzob",
        week=WEEK,
        now=EARLY_ENOUGH,
        fleet=draw(fleets(most=most)),
        pattern=draw(patterns(remainder=remainder)),
        history=draw(st.dictionaries(st.sampled_from([f"m{n:02d}" for n in range(6)]), st.integers(0, 3), max_size=4)),
    )


def _sharing_at_most_everything(pattern: Pattern) -> Pattern:
    """Turn shares that would make more than 100 % of a selector into samples, as no pattern file may have them."""
    sums: dict[Selector, int] = {}

    def fitting(entry: Entry) -> Entry:
        if entry.quota.kind is not QuotaKind.SHARE:
            return entry
        after = sums.get(entry.selector, 0) + entry.quota.amount
        if after > 10_000:
            return replace(entry, quota=Quota(QuotaKind.SAMPLE, entry.quota.amount))
        sums[entry.selector] = after
        return entry

    phases = tuple(replace(phase, entries=tuple(map(fitting, phase.entries))) for phase in pattern.phases)
    return replace(pattern, phases=phases)
