"""What this library tells of itself, as interfaces: mweek_telemetry has the real ones and knows nothing of this."""

from __future__ import annotations

from typing import Protocol


class HealthBoard(Protocol):
    """Where parts say how they are; `mweek_telemetry.Health`."""

    def set(self, part: str, ok: bool, detail: str = "") -> None:  # noqa: FBT001
        """Say how a part is."""

    def set_ready(self, ready: bool) -> None:  # noqa: FBT001
        """Say that the service has started, or that it begins to stop."""


class MessagingMetrics(Protocol):
    """What is counted; `mweek_telemetry.Metrics`."""

    def message_handled(self, message_type: str, outcome: str, seconds: float) -> None:
        """Count a delivery by outcome: done, duplicate, ignored, postponed, failed, dead."""

    def dead_letter(self, message_type: str) -> None:
        """Count a message put aside."""

    def outbox_waiting(self, rows: int) -> None:
        """Say how many messages wait to be published."""

    def outbox_published(self, stream: str, way: str, count: int) -> None:
        """Count published messages; `way` is `batch` or `single`."""

    def records_applied(self, count: int) -> None:
        """Count records applied in bulk."""

    def stream_guard(self, stream: str, ok: bool) -> None:  # noqa: FBT001
        """Say whether a stream is as expected."""

    def request_answered(self, request: str, outcome: str, seconds: float) -> None:
        """Count a reply to a request, by its outcome or refusal, and how long it took since the request came."""

    def requests_grouped(self, requests: int, *, waiting: int) -> None:
        """Count a group of requests that are decided in one transaction, and say how many wait behind them."""
