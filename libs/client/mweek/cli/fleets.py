"""What `mweek fleet import` and `fleet show` do and show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mweek_contracts.documents import FleetDocument, read_fleet
from mweek_contracts.events import FleetImportedV1
from mweek_contracts.fleet import Kind
from mweek_contracts.records import MachineV1
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from mweek.cli.counting import counted
from mweek.cli.exits import ExitCode
from mweek.cli.place import find_location
from mweek.cli.plan_json import plain
from mweek.cli.planning import show_refusal
from mweek.cli.terminal import Terminal
from mweek.client import Client
from mweek.errors import ClientError
from mweek.fleet import FleetView
from mweek.outcome import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that somebody wishes imported."""

    file: Path
    location: str | None
    keep_missing: bool
    timeout: float


async def import_fleet(client: Client, terminal: Terminal, wish: Import) -> ExitCode:
    """Check the file here, with all errors at once, then let the inventory import it."""
    fleet = await _read(client, wish)
    what = f"{counted(len(fleet.machines), 'machine')} and {counted(len(fleet.customers), 'customer')}"
    with terminal.progress(f"Importing {what} into {fleet.location} …"):
        outcome = await client.import_fleet(fleet, keep_missing=wish.keep_missing, timeout=wish.timeout)
    if isinstance(outcome, Refusal):
        return show_refusal(terminal, outcome)
    terminal.show(f"Imported {wish.file} into {fleet.location}.", _imported(outcome))
    terminal.data({"outcome": "imported", **plain(outcome)})
    return ExitCode.OK


async def show(client: Client, terminal: Terminal, location: str | None, *, machines: bool) -> ExitCode:
    """Show a fleet: totals, roles, customers."""
    fleet = await client.fleet(await find_location(client, location, terminal))
    if not fleet.machines:
        raise ClientError(f"{fleet.location} has no machines; import a fleet with: mweek fleet import FILE")
    every = tuple(fleet.machines.values())
    terminal.show(
        _headline(fleet), *_policy(fleet), _roles(every), _customers(fleet), *((_machines(every),) if machines else ())
    )
    terminal.data(
        {
            "location": fleet.location,
            "machines": [plain(machine) for machine in every],
            "customers": [plain(customer) for customer in fleet.customers.values()],
            "policy": None if fleet.policy is None else plain(fleet.policy),
        }
    )
    return ExitCode.OK


async def _read(client: Client, wish: Import) -> FleetDocument:
    """Read the file, which may name customers, and with `keep_missing` hosts, that the bus already knows."""
    known = await client.customers()
    hosts: frozenset[str] = frozenset()
    if wish.keep_missing and wish.location:
        machines = (await client.fleet(wish.location)).machines.values()
        hosts = frozenset(machine.name for machine in machines if machine.kind is Kind.PHYSICAL)
    return read_fleet(wish.file, location=wish.location, known_customers=known, known_hosts=hosts)


def _imported(event: FleetImportedV1) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    for column in ("NEW OR CHANGED", "REMOVED", "UNCHANGED"):
        table.add_column(column, justify="right")
    for name, counts in (
        ("machines", (event.machines_put, event.machines_removed, event.machines_unchanged)),
        ("customers", (event.customers_put, event.customers_removed, event.customers_unchanged)),
        ("policy", (event.policies_put, event.policies_removed, event.policies_unchanged)),
    ):
        if name == "policy" and not any(counts):
            continue
        table.add_row(name, *(f"{count:,}" for count in counts))
    return Padding(table, (0, 0, 0, 2))


def _headline(fleet: FleetView) -> str:
    machines = fleet.machines.values()
    physical = sum(1 for one in machines if one.kind is Kind.PHYSICAL)
    retired = sum(1 for one in machines if not one.in_service)
    return (
        f"{fleet.location}: {counted(len(machines), 'machine')}, {physical:,} physical and "
        f"{len(machines) - physical:,} virtual"
        + (f", {retired:,} of them not in service" if retired else "")
        + f"; {counted(len(fleet.customers), 'customer')}"
    )


def _policy(fleet: FleetView) -> tuple[str, ...]:
    policy = fleet.policy
    if policy is None:
        return ()
    down = "any number" if policy.capacity is None else f"at most {policy.capacity:,}"
    least, preparation = policy.shortest_window_minutes, policy.preparation_minutes
    windows = f"{preparation} minutes to prepare, at least {least}, and {policy.padding_percent} % more"
    return (f"policy: {down} down at once; windows: {windows}; leases of {policy.lease_minutes} minutes",)


def _roles(machines: Sequence[MachineV1]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("ROLE", no_wrap=True)
    table.add_column("ENVIRONMENT", no_wrap=True)
    table.add_column("MACHINES", justify="right")
    counts = Counter((machine.role, machine.environment.value) for machine in machines)
    for (role, environment), count in sorted(counts.items()):
        table.add_row(role, environment, f"{count:,}")
    return Padding(table, (1, 0, 0, 2))


def _customers(fleet: FleetView) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("CUSTOMER", no_wrap=True)
    table.add_column("NAME", overflow="fold")
    table.add_column("MACHINES", justify="right")
    table.add_column("NOTICE", justify="right", no_wrap=True)
    table.add_column("CONTACTS", overflow="fold")
    owned = Counter(machine.customer for machine in fleet.machines.values())
    for token, customer in fleet.customers.items():
        contacts = ", ".join(contact.email for contact in customer.contacts)
        table.add_row(token, customer.display_name, f"{owned[token]:,}", f"{customer.notice_hours} h", contacts)
    return Padding(table, (1, 0, 0, 2))


def _machines(machines: Sequence[MachineV1]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("MACHINE", "KIND", "ROLE", "ENVIRONMENT", "CUSTOMER", "HOST"):
        table.add_column(column, no_wrap=True)
    table.add_column("PROFILE", overflow="fold")
    for one in machines:
        out = "" if one.in_service else " (not in service)"
        environment = one.environment.value
        table.add_row(one.name + out, one.kind, one.role, environment, one.customer or "—", one.host, one.profile)
    return Padding(table, (1, 0, 0, 2))
