"""Logs, metrics and health of a service. Knows no bus and no database."""

from mweek_telemetry.health import Health, PartHealth
from mweek_telemetry.http import serve_http
from mweek_telemetry.logs import bind_message, configure_logging
from mweek_telemetry.metrics import Metrics

__all__ = ["Health", "Metrics", "PartHealth", "bind_message", "configure_logging", "serve_http"]
