"""Reads files that are plainly right, without importing anything to check them with; None for all others."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mweek_contracts import rules
from mweek_contracts.columns.fleet import read_columns
from mweek_contracts.notation import basis_points, length, opens_offset
from mweek_contracts.patterns.plain import PLAIN

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.machine import Fleet, MachineColumns
from mweek_planner.domain.pattern import Entry, Pattern, PatternPhase, Quota, QuotaKind
from mweek_planner.domain.selector import Selector
from mweek_planner.offline.request import OfflineRequest, WrittenPattern

if TYPE_CHECKING:
    from mweek_contracts.columns.customer import PlainCustomer

_SHARES = (("share", QuotaKind.SHARE), ("at_most", QuotaKind.AT_MOST), ("sample", QuotaKind.SAMPLE))


def plain_pattern(name: str) -> WrittenPattern | None:
    """Return a pattern that comes with the product, None where a file may be meant."""
    document = None if os.path.exists(name) else PLAIN.get(name)
    if document is None:
        return None
    return WrittenPattern(pattern_from_plain(document), document)


def plain_fleet(request: OfflineRequest) -> Fleet | None:
    """Return the fleet of a file that is plainly right, None for one that has to be read with more care."""
    columns = read_columns(request.fleet, location=request.location)
    if columns is None:
        return None
    customers = tuple(_customers(columns.customers))
    if columns.other_customers:
        from mweek_planner.offline.documents import documented_customers

        others = documented_customers(columns.other_customers)
        if others is None:
            return None
        customers += others
    return Fleet(MachineColumns(**columns.machines), customers)


def _customers(plain: Sequence[PlainCustomer]) -> list[Customer]:
    if not plain:
        return []
    from mweek_timewindows import WeeklyCalendar, WeeklyWindow

    calendar = WeeklyCalendar(rules.DEFAULT_ZONE, (WeeklyWindow(*rules.EVERY_NIGHT),))
    return [Customer(name=one.name, notice_hours=one.notice_hours, calendar=calendar) for one in plain]


def pattern_from_plain(document: Mapping[str, Any]) -> Pattern:
    """Return a pattern as planning sees it; the document is right."""
    return Pattern(
        name=document["pattern"],
        phases=tuple(
            PatternPhase(
                name=phase["name"],
                opens=opens_offset(phase["opens"]),
                lasts=length(phase["lasts"]),
                entries=tuple(map(_entry, phase["takes"])),
            )
            for phase in document["phases"]
        ),
        remainder=document.get("remainder"),
    )


def _entry(entry: Mapping[str, Any]) -> Entry:
    select = entry["select"]
    lists = {
        "roles": "role",
        "environments": "environment",
        "kinds": "kind",
        "customers": "customer",
        "profiles": "profile",
    }
    selector = Selector(
        **{field: tuple(select[key]) for field, key in lists.items() if key in select},
        tested=select.get("tested"),
        labels=tuple(sorted(select.get("labels", {}).items())),
    )
    return Entry(selector, _quota(entry), prefer_untested=entry.get("prefer") == "untested")


def _quota(entry: Mapping[str, Any]) -> Quota:
    if "take" in entry:
        return Quota(QuotaKind(entry["take"]))
    if "count" in entry:
        return Quota(QuotaKind.COUNT, entry["count"])
    key, kind = next((key, kind) for key, kind in _SHARES if key in entry)
    return Quota(kind, basis_points(entry[key]))
