"""The messages of a revision that came before the one that closes it, read again from where they were kept.

They were validated when they came. To validate 100,000 windows each time that a plan is looked at would take half of
the time; here only what the audit needs is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from mweek_contracts.reasons import UnplacedCode, explain_unplaced

from mweek_auditor.domain.plan import Told, Unplaced, Window

_INSTANTS: Final = 10_000
"""The windows of a plan begin and end with its phases and slots: few instants, each read once."""


@dataclass(frozen=True, slots=True)
class PlanPart:
    """What one message tells: windows that are assigned, or withdrawn, and machines without any."""

    withdraws: bool
    told: tuple[Told, ...]
    unplaced: tuple[Unplaced, ...] = ()


def part_of(document: str, *, withdraws: bool) -> PlanPart:
    """Return a message that was kept as its JSON."""
    body = json.loads(document)
    return PlanPart(
        withdraws,
        told=tuple(_told(window, withdraws) for window in body["windows"]),
        unplaced=tuple(
            Unplaced(item["machine"], explain_unplaced(UnplacedCode(item["reason"]), item["facts"]))
            for item in body.get("unplaced", ())
        ),
    )


def windows_given_and_changed(parts: Sequence[PlanPart]) -> tuple[tuple[Window, ...], frozenset[str]]:
    """Return the windows that messages give, and the machines whose window they change or take away."""
    given = tuple(told.window for part in parts if not part.withdraws for told in part.told)
    return given, frozenset(told.window.machine for part in parts for told in part.told)


def _told(window: Mapping[str, Any], withdrawn: bool) -> Told:  # noqa: FBT001
    return Told(
        window=Window(
            machine=window["machine"],
            phase=window["phase"],
            opens_at=_instant(window["opens_at"]),
            closes_at=_instant(window["closes_at"]),
        ),
        customer=window["customer"],
        affects=frozenset(window["affects"]),
        withdrawn=withdrawn,
    )


@lru_cache(_INSTANTS)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
