"""Writes verdicts, refusals and totals for people."""

from __future__ import annotations

from collections.abc import Iterator

from mweek_contracts.events import AuditPassedV1, Finding
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mweek.cli.counting import counted
from mweek.outcome import Refusal
from mweek.week import PlanChanges, Verdict

_MOST_MACHINES = 20


def planned_total(changes: PlanChanges, customers: int) -> str:
    """Return what would be, in one sentence for people and for grep."""
    return (
        f"{len(changes.added):,} to add, {len(changes.moved):,} to move, {len(changes.withdrawn):,} to cancel, "
        f"{len(changes.unplaced):,} cannot be placed. {counted(customers, 'customer')} would be mailed."
    )


def done_total(changes: PlanChanges, customers: int) -> str:
    """Return what has been done, in the same words."""
    return (
        f"{len(changes.added):,} added, {len(changes.moved):,} moved, {len(changes.withdrawn):,} cancelled, "
        f"{len(changes.unplaced):,} without a place. {counted(customers, 'customer')} to be mailed."
    )


def verdict_text(verdict: Verdict | None) -> Iterator[RenderableType]:
    """Yield the verdict and, where it failed, its findings."""
    if verdict is None:
        yield Text("Audit: no verdict yet.", style="yellow")
    elif isinstance(verdict, AuditPassedV1):
        told = "" if verdict.preview else f", {counted(verdict.customers_told, 'customer')} told"
        machines, windows = counted(verdict.machines, "machine"), counted(verdict.windows, "window")
        yield Text(f"Audit passed: {machines}, {windows}{told}.", style="bold green")
    else:
        yield Text(f"Audit failed: {counted(verdict.findings_total, 'finding')}.", style="bold red")
        yield _findings(verdict.findings)
        if (more := verdict.findings_total - len(verdict.findings)) > 0:
            yield f"  … and {more:,} more"


def refusal_text(refusal: Refusal) -> Iterator[RenderableType]:
    """Yield why a command was refused and, where it says so, what would do."""
    yield Text(f"Refused ({refusal.code}): {refusal.text}", style="bold red")
    for problem in refusal.problems:
        yield f"  {problem.place}: {problem.text}" if problem.place else f"  {problem.text}"
    if refusal.machines:
        shown = ", ".join(refusal.machines[:_MOST_MACHINES])
        more = len(refusal.machines) - _MOST_MACHINES
        yield f"  machines: {shown}" + (f" … and {more:,} more" if more > 0 else "")
    if refusal.earliest_week:
        yield f"  earliest possible week: {refusal.earliest_week}"


def _findings(findings: tuple[Finding, ...]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        table.add_row(finding.code, finding.machine or "—", finding.text)
    return Padding(table, (0, 0, 0, 2))
