"""What everything at work in one running service shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nats.aio.client import Client

from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.observation import HealthBoard, MessagingMetrics
from mweek_messaging.workers import Workers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The connection of a service, its threads, and where it tells how it is."""

    connection: Client
    workers: Workers
    health: HealthBoard
    metrics: MessagingMetrics
    database_watch: DatabaseWatch
    connected_since: Callable[[], datetime]
    """Since when, in real time, the connection stands without a break."""

    def undisturbed_since(self) -> datetime:
        """Return since when, in real time, both the server and the database are there without a break."""
        return max(self.connected_since(), self.database_watch.working_since)
