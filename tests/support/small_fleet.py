"""Fleets of a handful of machines, each location with customers of its own, as files that people would write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_fleet(path: Path, location: str, *, machines: Sequence[str]) -> Path:
    """Write a fleet file and return its path."""
    path.write_text(fleet_text(location, machines=machines), encoding="utf-8")
    return path


def fleet_text(
    location: str,
    *,
    machines: Sequence[str],
    blackouts: dict[str, str] | None = None,
    notice_hours: int = 12,
) -> str:
    """Return a fleet file.

    Args:
        machines: like `acme-test01`, `globex-prod02`: the customer, the environment and a number.
        blackouts: by customer, a day such as `2026-12-03` that it wants nothing to happen on.
    """
    lines = [f"location: {location}", "customers:"]
    for customer in sorted({name.split("-")[0] for name in machines}):
        lines += [
            f"  - customer: {customer}-{location}",
            f"    contacts: [{{name: Ops, email: ops@{customer}-{location}.example}}]",
            f"    notice_hours: {notice_hours}",
        ]
        if day := (blackouts or {}).get(customer):
            lines.append(f'    blackouts: [{{starts_at: "{day}T00:00Z", ends_at: "{day}T23:59Z", reason: "fair"}}]')
    lines.append("machines:")
    lines += [_machine(name, location) for name in machines]
    return "\n".join(lines) + "\n"


def _machine(name: str, location: str) -> str:
    customer, what = name.split("-")
    environment = "test" if what.startswith("test") else "production"
    fields = f"name: {name}, kind: virtual, role: customer, environment: {environment}, customer: {customer}-{location}"
    return f"  - {{{fields}}}"
