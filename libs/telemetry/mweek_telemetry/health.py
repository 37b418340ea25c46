"""What is well and what is not, part by part. A red part names what to do."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class PartHealth:
    """The state of one part of a service, e.g. `nats` or `guard:EVENTS`."""

    ok: bool
    detail: str


class Health:
    """The health of one process. Threads may share it.

    Alive means that no part is red; ready means, beside that, that the service has started and not begun to stop.
    """

    def __init__(self) -> None:
        """Begin alive and not ready."""
        self._parts: dict[str, PartHealth] = {}
        self._ready = False
        self._lock = Lock()

    def set(self, part: str, ok: bool, detail: str = "") -> None:  # noqa: FBT001  set("nats", True) reads well
        """Say how a part is, and for a red one what an operator should know."""
        with self._lock:
            self._parts[part] = PartHealth(ok, detail)

    def set_ready(self, ready: bool) -> None:  # noqa: FBT001
        """Say that the service has started, or that it begins to stop."""
        self._ready = ready

    @property
    def started(self) -> bool:
        """Whether the service has started and not begun to stop."""
        return self._ready

    @property
    def alive(self) -> bool:
        """Whether no part is red."""
        return all(part.ok for part in self.snapshot().values())

    @property
    def ready(self) -> bool:
        """Whether the service has started, and no part is red."""
        return self._ready and self.alive

    def snapshot(self) -> dict[str, PartHealth]:
        """Return the parts as they are now."""
        with self._lock:
            return dict(self._parts)
