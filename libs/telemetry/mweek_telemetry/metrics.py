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
        self._asked = Counter(
            "mweek_requests_answered",
            "Requests by kind and outcome: what was given, repeated, or the code of the refusal",
            ("service", "request", "outcome"),
            registry=self.registry,
        )
        self._answering_seconds = Histogram(
            "mweek_request_seconds",
            "Time from a request to its reply",
            ("service", "request"),
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5),
            registry=self.registry,
        )
        self._groups = Histogram(
            "mweek_requests_grouped",
            "Requests that one transaction decides together",
            ("service",),
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=self.registry,
        ).labels(service)
        self._requests_waiting = Gauge(
            "mweek_requests_waiting", "Requests that wait for a transaction", ("service",), registry=self.registry
        ).labels(service)
        self._of_request: dict[tuple[str, str], tuple[Counter, Histogram]] = {}

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

    def request_answered(self, request: str, outcome: str, seconds: float) -> None:
        """Count a reply and how long it took since the request came."""
        found = self._of_request.get((request, outcome))
        if found is None:  # looking labels up takes longer than counting
            counter = self._asked.labels(self._service, request, outcome)
            found = counter, self._answering_seconds.labels(self._service, request)
            self._of_request[request, outcome] = found
        found[0].inc()
        found[1].observe(seconds)

    def requests_grouped(self, requests: int, *, waiting: int) -> None:
        """Count a transaction by how many requests it decides, and say how many wait behind them."""
        self._groups.observe(requests)
        self._requests_waiting.set(waiting)

    def render(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self.registry)
