"""Metrics: counted on a registry of their own, with few labels."""

from __future__ import annotations

from mweek_telemetry import Metrics


def test_counts_appear_in_the_text_for_prometheus() -> None:
    metrics = Metrics("planner")
    metrics.message_handled("schedule-week.v1", "done", 0.3)
    metrics.dead_letter("schedule-week.v1")
    metrics.outbox_waiting(7)
    metrics.outbox_published("EVENTS", "batch", 5)
    metrics.records_applied(500)
    metrics.stream_guard("EVENTS", False)
    text = metrics.render().decode().splitlines()
    assert 'mweek_messages_handled_total{outcome="done",service="planner",type="schedule-week.v1"} 1.0' in text
    assert 'mweek_handler_seconds_count{service="planner",type="schedule-week.v1"} 1.0' in text
    assert 'mweek_dead_letters_total{service="planner",type="schedule-week.v1"} 1.0' in text
    assert 'mweek_outbox_waiting{service="planner"} 7.0' in text
    assert 'mweek_outbox_published_total{service="planner",stream="EVENTS",way="batch"} 5.0' in text
    assert 'mweek_records_applied_total{service="planner"} 500.0' in text
    assert 'mweek_stream_guard_ok{service="planner",stream="EVENTS"} 0.0' in text


def test_two_services_in_one_process_do_not_mix() -> None:
    planner, auditor = Metrics("planner"), Metrics("auditor")
    planner.records_applied(3)
    assert b"planner" not in auditor.render()
