"""Logs: one JSON object a line, with the service and the ids of the message in hand."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from mweek_telemetry import bind_message, configure_logging


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_line_names_the_event_its_fields_and_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("planner", json=True)
    structlog.get_logger().info("week planned", machines=236)
    line = json.loads(capsys.readouterr().err)
    line.pop("timestamp")
    assert line == {"event": "week planned", "machines": 236, "service": "planner", "level": "info"}


async def test_ids_of_the_message_reach_lines_from_worker_threads(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("planner", json=True)
    with bind_message("m-1", "c-1"):
        await asyncio.to_thread(structlog.get_logger().warning, "slow")
    structlog.get_logger().info("after")
    inside, after = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (inside["message_id"], inside["correlation_id"]) == ("m-1", "c-1")
    assert "message_id" not in after


def test_lines_of_other_libraries_come_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("planner", json=True)
    logging.getLogger("somebody.else").error("it broke")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["service"]) == ("it broke", "error", "planner")


def test_exception_in_json_keeps_its_type_and_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("planner", json=True)
    try:
        raise ValueError("the reason")
    except ValueError:
        structlog.get_logger().exception("failed")
    line = json.loads(capsys.readouterr().err)
    assert (line["exception"][0]["exc_type"], line["exception"][0]["exc_value"]) == ("ValueError", "the reason")


@pytest.mark.parametrize("json_lines", [True, False])
def test_traceback_shows_no_values_of_variables(capsys: pytest.CaptureFixture[str], json_lines: bool) -> None:
    configure_logging("planner", json=json_lines)
    password = "hunter" + "2"
    try:
        raise ValueError(f"{len(password)} characters")
    except ValueError:
        structlog.get_logger().exception("failed")
    written = capsys.readouterr().err
    assert "7 characters" in written
    assert "hunter2" not in written


def test_control_characters_in_a_field_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("planner", json=True)
    structlog.get_logger().info("machine seen", machine='a\n{"event": "forged"}')
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_level_hides_what_is_below(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("planner", json=True, level="warning")
    structlog.get_logger().info("quiet")
    assert capsys.readouterr().err == ""
