"""The planner's command: settings that are wrong are sentences, and its document is that of its routes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mweek_planner.__main__ import ERROR, OK, main
from mweek_planner.settings import PlannerSettings

WRONG = {
    "MWEEK_CLOCK": ("tomorrow", "'tomorrow' is not a clock"),
    "MWEEK_PLANNER_DATABASE_URL": ("mysql://host/db", "is neither sqlite:///path nor postgresql://user@host/name"),
    "MWEEK_PLANNER_HTTP_PORT": ("70000", "MWEEK_PLANNER_HTTP_PORT: "),
    "MWEEK_PLANNER_PATTERNS": ("/nowhere/at/all", "/nowhere/at/all is not a directory"),
    "MWEEK_LOG_FORMAT": ("xml", "MWEEK_LOG_FORMAT: "),
    "MWEEK_LOG_LEVEL": ("LOUD", "MWEEK_LOG_LEVEL: "),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("command", ["run", "migrate"])
def test_wrong_setting_is_a_sentence(
    name: str, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    value, sentence = WRONG[name]
    monkeypatch.setenv(name, value)
    assert main([command]) == ERROR
    assert sentence in capsys.readouterr().err


def test_empty_setting_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WRONG:
        monkeypatch.setenv(name, "")
    assert PlannerSettings() == PlannerSettings.model_construct(
        **{name: field.default for name, field in PlannerSettings.model_fields.items()}
    )


def test_run_on_a_database_of_another_schema_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MWEEK_PLANNER_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert main(["run"]) == ERROR
    assert "run `mweek-planner migrate`" in capsys.readouterr().err


EITHER_WAY = ("WindowGrantedV1", "WindowWithdrawnV1", "MachineEnteredV1", "MachineLeftV1", "MachineOverdueV1")
"""Events of windows that a maintenance week has, or that belong to none."""
ANSWERED = (
    "RequestWindowV1",
    "WithdrawWindowV1",
    "MyWindowsV1",
    "ExplainWindowV1",
    "EnterWindowV1",
    "RenewWindowV1",
    "LeaveWindowV1",
)


def test_document_has_what_the_planner_hears_and_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asyncapi"]) == OK
    document = json.loads(capsys.readouterr().out)
    assert set(document["operations"]) == {
        "receiveScheduleWeekV1",
        "receiveCancelWeekV1",
        "receiveAuditFailedV1",
        "receiveMachineV1",
        "receiveMachineRemovedV1",
        "receiveCustomerV1",
        "receiveCustomerRemovedV1",
        "receiveLocationPolicyV1",
        "receiveLocationPolicyRemovedV1",
        *(f"answer{name}" for name in ANSWERED),
        *(f"send{name}{where}" for name in EITHER_WAY for where in ("", "Adhoc")),
        "sendWindowRefusedV1",
        "sendWindowsAssignedV1",
        "sendWindowsWithdrawnV1",
        "sendWeekScheduledV1",
        "sendWeekRefusedV1",
        "sendWeekCancelledV1",
        "sendCommandRefusedV1",
        "sendDeadLetterV1",
    }
