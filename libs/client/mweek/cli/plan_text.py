"""Writes a plan for people: its changes like a diff, and its phases as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mweek_contracts.events import WeekScheduledV1
from mweek_contracts.reasons import explain_placement, explain_unplaced
from mweek_contracts.windows import AssignedWindow, Change, PhaseSummary, UnplacedMachine, WithdrawnWindow
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mweek.cli.counting import counted
from mweek.cli.times import span
from mweek.week import PlanChanges

_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "bold magenta"}


def changes_text(changes: PlanChanges, phases: Sequence[PhaseSummary]) -> Iterator[RenderableType]:
    """Yield the changes of a plan: per phase what comes to it, then what goes, then what finds no place.

    `+` new, `~` moved, `-` withdrawn, `!` unplaced; each with why.
    """
    widths = _widths(changes)
    for phase in phases:
        here = [window for window in changes.assigned if window.phase == phase.phase]
        if here:
            when = f"  {span(phase.opens_at, phase.closes_at)} UTC  "
            yield Text.assemble("\n", (phase.phase, "bold"), when, _of_phase(here, phase))
            yield _lines((_assigned(window, phase) for window in here), widths)
    if changes.withdrawn:
        yield Text("\nwithdrawn", style="bold")
        yield _lines((_withdrawn(window) for window in changes.withdrawn), widths)
    if changes.unplaced:
        yield Text("\ncannot be placed", style="bold")
        yield _lines((_unplaced(machine) for machine in changes.unplaced), widths)


def remarks_text(plan: WeekScheduledV1) -> Iterator[RenderableType]:
    """Yield what else the planner says: where a quota gave way, what was overridden, what lies at unliked times."""
    for compromise in plan.compromises:
        entry = f"{compromise.phase}, entry {compromise.entry}"
        yield Text(
            f"\n{entry}: {compromise.actual:,} instead of {compromise.planned:,} ({compromise.code})", style="yellow"
        )
    for override in plan.overrides:
        yield Text(f"\noverridden: {override.rule} ({override.reason})", style="yellow")
    if plan.outside_acceptable:
        windows = counted(plan.outside_acceptable, "window lies", "windows lie")
        yield f"\n{windows} outside of the customer's acceptable hours."


def phases_table(phases: Iterable[PhaseSummary], counts: Mapping[str, int]) -> RenderableType:
    """Return a table of the phases with their times and how many machines each holds now."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("PHASE", no_wrap=True)
    table.add_column("WINDOW (UTC)", no_wrap=True)
    table.add_column("MACHINES", justify="right", no_wrap=True)
    for phase in phases:
        table.add_row(phase.phase, span(phase.opens_at, phase.closes_at), f"{counts.get(phase.phase, 0):,}")
    table.add_row("", "", "─" * 8, style="dim")
    table.add_row("", "", f"{sum(counts.values()):,}", style="bold")
    return Padding(table, (0, 0, 0, 2))


def counts_by_phase(windows: Iterable[AssignedWindow]) -> Mapping[str, int]:
    """Return how many of the windows lie in each phase."""
    return Counter(window.phase for window in windows)


def _of_phase(here: Sequence[AssignedWindow], phase: PhaseSummary) -> str:
    if len(here) == phase.machines:
        return counted(phase.machines, "machine")
    return f"{len(here):,} of {counted(phase.machines, 'machine')}"


_OWN = "—"
"""In place of a customer, for the operator's own machines."""

_Line = tuple[str, str, str, str]
"""Symbol, machine, customer, why."""


def _lines(lines: Iterable[_Line], widths: tuple[int, int]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    for width in widths:
        table.add_column(no_wrap=True, min_width=width)
    table.add_column(overflow="fold")
    for symbol, machine, customer, why in lines:
        table.add_row(Text(symbol, style=_STYLES[symbol]), machine, customer, why)
    return Padding(table, (0, 0, 0, 2))


def _widths(changes: PlanChanges) -> tuple[int, int]:
    """Return how wide the names of machines and of customers are, so that all phases have the same columns."""
    every: tuple[AssignedWindow | WithdrawnWindow | UnplacedMachine, ...] = (
        *changes.assigned,
        *changes.withdrawn,
        *changes.unplaced,
    )
    machines, owners = (len(one.machine) for one in every), (len(one.customer or _OWN) for one in every)
    return max(machines, default=0), max(owners, default=0)


def _assigned(window: AssignedWindow, phase: PhaseSummary) -> _Line:
    why = explain_placement(window.reason, window.facts)
    if (window.opens_at, window.closes_at) != (phase.opens_at, phase.closes_at):
        why = f"{span(window.opens_at, window.closes_at)}: {why}"
    if window.previous:
        why = f"from {window.previous.phase}, {span(window.previous.opens_at, window.previous.closes_at)}: {why}"
    return "~" if window.change is Change.MOVED else "+", window.machine, window.customer or _OWN, why


def _withdrawn(window: WithdrawnWindow) -> _Line:
    why = explain_unplaced(window.reason, {})
    was = f"was {window.phase}, {span(window.opens_at, window.closes_at)}"
    return "-", window.machine, window.customer or _OWN, f"{was}: {why}"


def _unplaced(machine: UnplacedMachine) -> _Line:
    return "!", machine.machine, machine.customer or _OWN, explain_unplaced(machine.reason, machine.facts)
