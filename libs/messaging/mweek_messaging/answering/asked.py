"""A request that was read and waits to be decided."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_contracts.requests import AnyRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and where its reply goes."""

    request: AnyRequest
    reply_to: str
    since: float
    """When it came, in the seconds of the event loop."""

    @property
    def asker(self) -> str:
        """Who asks: `rzob/acme03`."""
        return f"{self.request.location}/{self.request.machine}"

    @property
    def key(self) -> str:
        """Who asks, and the id that they gave: `rzob/acme03/reboot-2026-11-23`."""
        return f"{self.request.location}/{self.request.machine}/{self.request.request_id}"
