"""Counters of one process on a registry of its own. Labels are few and bounded: no ids, no subjects."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """What a service counts; an own registry, so that two in one process do not mix."""

    def __init__(self, service: str) -> None:
        """Create the metrics, each with the label `service`."""
        self.registry = CollectorRegistry()
        self._service = service
        self._handled = Counter(
            "mweek_messages_handled",
            "Messages by type and outcome (done, duplicate, ignored, postponed, failed, dead)",
            ("service", "type", "outcome"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "mweek_handler_seconds",
            "Time in the handler's transaction",
            ("service", "type"),
            buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 60),
            registry=self.registry,
        )
        self._dead = Counter(
            "mweek_dead_letters", "Messages put aside, by type", ("service", "type"), registry=self.registry
        )
        self._waiting = Gauge(
            "mweek_outbox_waiting", "Messages recorded and not yet published", ("service",), registry=self.registry
        )
        self._relayed = Counter(
            "mweek_outbox_published",
            "Messages published, by stream and way (batch, single)",
            ("service", "stream", "way"),
            registry=self.registry,
        )
        self._records = Counter(
            "mweek_records_applied", "Records applied in bulk", ("service",), registry=self.registry
        )
        self._guard = Gauge(
            "mweek_stream_guard_ok",
            "1 when the stream is as expected, 0 when it went back",
            ("service", "stream"),
            registry=self.registry,
        )

    def message_handled(self, message_type: str, outcome: str, seconds: float) -> None:
        """Count a delivery and how long its handler took."""
        self._handled.labels(self._service, message_type, outcome).inc()
        self._seconds.labels(self._service, message_type).observe(seconds)

    def dead_letter(self, message_type: str) -> None:
        """Count a message put aside."""
        self._dead.labels(self._service, message_type).inc()

    def outbox_waiting(self, rows: int) -> None:
        """Say how many messages wait to be published."""
        self._waiting.labels(self._service).set(rows)

    def outbox_published(self, stream: str, way: str, count: int) -> None:
        """Count published messages; `way` is `batch` or `single`."""
        self._relayed.labels(self._service, stream, way).inc(count)

    def records_applied(self, count: int) -> None:
        """Count records applied in bulk."""
        self._records.labels(self._service).inc(count)

    def stream_guard(self, stream: str, ok: bool) -> None:  # noqa: FBT001
        """Say whether a stream is as expected."""
        self._guard.labels(self._service, stream).set(1 if ok else 0)

    def render(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self.registry)
