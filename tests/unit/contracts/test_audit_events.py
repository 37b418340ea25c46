"""What is said of audits: of a plan, or of the windows that machines of a location requested."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mweek_contracts.catalogue import candidates, entry_of
from mweek_contracts.events import AuditFailedV1, AuditOccasion, AuditPassedV1
from pydantic import ValidationError

PLAN = ("week", "plan_id", "revision")


def passed(**fields: Any) -> AuditPassedV1:
    """Return the example, with some fields changed; None leaves one out."""
    body = {**json.loads(entry_of(AuditPassedV1).example()), **fields}
    return AuditPassedV1.model_validate_json(
        json.dumps({name: said for name, said in body.items() if said is not None})
    )


def test_the_verdict_on_a_plan_is_told_under_its_week() -> None:
    assert passed().subject == "evt.rzob.2026-W49.audit-passed.v1"


def test_the_verdict_on_requested_windows_is_told_under_adhoc_where_every_reader_of_verdicts_hears_it() -> None:
    said = passed(**dict.fromkeys(PLAN), occasion=AuditOccasion.WINDOWS_CHANGED)
    assert said.subject == "evt.rzob.adhoc.audit-passed.v1"
    assert [entry.message for entry in candidates(said.subject)] == [AuditPassedV1]
    assert [entry.message for entry in candidates(said.subject.replace("passed", "failed"))] == [AuditFailedV1]


@pytest.mark.parametrize("missing", PLAN)
def test_a_plan_is_named_whole_or_not_at_all(missing: str) -> None:
    with pytest.raises(ValidationError, match="week, plan_id and revision belong together"):
        passed(**{missing: None})
