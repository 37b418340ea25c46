"""What everything at work in one running service shares."""

from __future__ import annotations

from dataclasses import dataclass

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
