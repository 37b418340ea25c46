"""Health: alive while no part is red, ready once started."""

from __future__ import annotations

from mweek_telemetry import Health, PartHealth


def test_health_begins_alive_and_not_ready() -> None:
    health = Health()
    assert (health.alive, health.ready, health.snapshot()) == (True, False, {})


def test_started_service_without_red_parts_is_ready() -> None:
    health = Health()
    health.set("nats", True, "connected")
    health.set_ready(True)
    assert health.ready


def test_red_part_makes_a_started_service_neither_alive_nor_ready() -> None:
    health = Health()
    health.set_ready(True)
    health.set("guard:EVENTS", False, "the stream went back")
    assert (health.alive, health.ready) == (False, False)
    assert health.snapshot() == {"guard:EVENTS": PartHealth(False, "the stream went back")}


def test_part_that_recovers_makes_the_service_well_again() -> None:
    health = Health()
    health.set("nats", False, "disconnected")
    health.set("nats", True, "connected")
    assert health.alive
