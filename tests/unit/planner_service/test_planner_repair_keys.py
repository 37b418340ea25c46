"""Which findings planning again may repair, and when two repairs are the same."""

from __future__ import annotations

from typing import Any

import pytest
from mweek_contracts.events import AuditFailedV1, AuditOccasion, Finding, FindingCode
from mweek_planner.translation import Repair, repairable

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")


def failed(*findings: tuple[FindingCode, str | None], **fields: Any) -> AuditFailedV1:
    found = tuple(Finding(code=code, machine=machine, text="found") for code, machine in findings)
    values: dict[str, Any] = {
        "message_id": "audit-1",
        "correlation_id": "audit-1",
        "occurred_at": NOW,
        "location": "rzob",
        "week": "2026-W49",
        "plan_id": "rzob/2026-W49/r1",
        "revision": 1,
        "occasion": AuditOccasion.REVISION,
        "audit_id": "audit-1",
        "audited_at": NOW,
        "machines": 1,
        "windows": 1,
        "findings_total": len(found),
        "findings": found,
    }
    return AuditFailedV1(**{**values, **fields})


def test_only_machines_that_came_or_went_can_be_repaired() -> None:
    every = failed(*((code, "a") for code in FindingCode))
    assert repairable(every) == Repair(
        "2026-W49", (("no-window", "a"), ("retired-machine", "a"), ("unknown-machine", "a"))
    )


@pytest.mark.parametrize("code", [FindingCode.QUOTA, FindingCode.UNPLACED, FindingCode.NOT_TOLD, FindingCode.DIGEST])
def test_what_needs_a_person_is_no_repair(code: FindingCode) -> None:
    assert repairable(failed((code, "a"))) is None


def test_finding_in_a_preview_is_no_repair() -> None:
    assert repairable(failed((FindingCode.NO_WINDOW, "a"), preview=True)) is None


def test_what_is_wrong_with_requested_windows_is_no_repair_of_a_week() -> None:
    of_windows = {"week": None, "plan_id": None, "revision": None, "occasion": AuditOccasion.WINDOWS_CHANGED}
    assert repairable(failed((FindingCode.RETIRED_MACHINE, "a"), **of_windows)) is None


def test_key_is_that_of_the_findings_whatever_their_order_and_number() -> None:
    one, other = (FindingCode.NO_WINDOW, "a"), (FindingCode.RETIRED_MACHINE, "b")
    first, second = repairable(failed(one, other)), repairable(failed(other, one, one))
    assert first is not None
    assert second is not None
    assert first.key("inventory") == second.key("inventory")


def test_key_differs_with_findings_and_with_the_inventory() -> None:
    repairs = [repairable(failed((FindingCode.NO_WINDOW, machine))) for machine in ("a", "b")]
    keys = {repair.key(inventory) for repair in repairs if repair for inventory in ("before", "after")}
    assert len(keys) == 4
