"""What `mweek week show`, `week diff` and `audit` do and show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mweek_contracts.events import AuditFailedV1
from mweek_contracts.reasons import explain_placement
from mweek_contracts.windows import AssignedWindow
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from mweek.cli.counting import counted
from mweek.cli.exits import ExitCode
from mweek.cli.place import WeekPlace, find_location, find_week
from mweek.cli.plan_json import changes_json, verdict_json, week_json
from mweek.cli.plan_text import changes_text, counts_by_phase, phases_table, remarks_text
from mweek.cli.terminal import Terminal
from mweek.cli.times import instant, span
from mweek.cli.verdict_text import verdict_text
from mweek.client import Client
from mweek.difference import difference, find_step
from mweek.errors import ClientError, VerdictTimeoutError
from mweek.week import NOTICE_STATES, PlanChanges, Revision, Step, WeekView

REQUESTED_WINDOWS = "windows"
"""What stands in the place of a week for the windows that machines requested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Which revisions to compare; None means the latest and the one before it."""

    older: int | None
    newer: int | None
    detailed_exit_code: bool


async def show(client: Client, terminal: Terminal, week: str, location: str | None, *, machines: bool) -> ExitCode:
    """Show a week as it stands."""
    view, revision = await _scheduled_week(client, terminal, week, location)
    windows = sorted(view.windows.values(), key=lambda one: (one.opens_at, one.closes_at, one.machine))
    counts = counts_by_phase(windows)
    terminal.show(
        _headline(view, revision),
        "",
        phases_table(revision.plan.phases, counts),
        *((_machines_table(windows),) if machines else ()),
        *changes_text(PlanChanges(unplaced=view.unplaced), ()),
        *remarks_text(revision.plan),
        "",
        _notices(view.cancellation or revision),
        *(() if view.cancellation else verdict_text(revision.verdict)),
    )
    _warn_of_gaps(terminal, revision)
    terminal.data(week_json(view, revision, counts))
    return ExitCode.OK


async def diff(client: Client, terminal: Terminal, week: str, location: str | None, between: Comparison) -> ExitCode:
    """Show what differs between two revisions."""
    view, latest = await _scheduled_week(client, terminal, week, location)
    newer = find_step(view, between.newer or view.number)
    older = between.older if between.older is not None else _number_before(view, newer)
    changes = difference(view, older, newer.number)
    terminal.show(
        f"{view.location}/{view.week}: from {f'revision {older}' if older else 'nothing'} to revision {newer.number}",
        *changes_text(changes, latest.plan.phases),
        "",
        f"{len(changes.added):,} added, {len(changes.moved):,} moved, {len(changes.withdrawn):,} withdrawn, "
        f"{len(changes.unplaced):,} without a place.",
    )
    _warn_of_gaps(terminal, newer)
    terminal.data(
        {
            "location": view.location,
            "week": view.week,
            "from_revision": older,
            "to_revision": newer.number,
            **changes_json(changes),
        }
    )
    return ExitCode.CHANGES if between.detailed_exit_code and not changes.empty else ExitCode.OK


async def audit(
    client: Client, terminal: Terminal, week: str, location: str | None, patience: float | None
) -> ExitCode:
    """Show the verdict on the latest revision; with `patience`, in seconds, wait for one.

    `windows` in the place of the week asks for the verdict on requested windows, which is not waited for.
    """
    named, _, asked = week.rpartition("/")
    if asked == REQUESTED_WINDOWS:
        return await _audit_of_windows(client, terminal, named, location)
    view, revision = await _scheduled_week(client, terminal, week, location)
    verdict = revision.verdict
    if verdict is None and patience is not None:
        with terminal.progress(f"Waiting for the verdict on {revision.plan.plan_id} …"):
            try:
                verdict = await client.verdict(revision, timeout=patience)
            except VerdictTimeoutError as error:
                terminal.complain(str(error))
    looked = f", looked at {instant(verdict.audited_at)} ({verdict.occasion})" if verdict else ""
    terminal.show(f"{view.location}/{view.week}, revision {revision.plan.revision}{looked}", *verdict_text(verdict))
    place = {"location": view.location, "week": view.week, "revision": revision.plan.revision}
    terminal.data({**place, **verdict_json(verdict)})
    if verdict is None:
        return ExitCode.TIMED_OUT
    return ExitCode.ERROR if isinstance(verdict, AuditFailedV1) else ExitCode.OK


async def _audit_of_windows(client: Client, terminal: Terminal, named: str, location: str | None) -> ExitCode:
    if named and location not in (None, named):
        raise ClientError(f"{named}/{REQUESTED_WINDOWS} and --location {location} name two locations")
    place = await find_location(client, named or location, terminal)
    verdict = await client.window_verdict(place)
    looked = f", looked at {instant(verdict.audited_at)} ({verdict.occasion})" if verdict else ""
    terminal.show(f"{place}, requested windows{looked}", *verdict_text(verdict))
    terminal.data({"location": place, "week": None, "revision": None, **verdict_json(verdict)})
    if verdict is None:
        return ExitCode.TIMED_OUT
    return ExitCode.ERROR if isinstance(verdict, AuditFailedV1) else ExitCode.OK


async def _scheduled_week(
    client: Client, terminal: Terminal, week: str, location: str | None
) -> tuple[WeekView, Revision]:
    """Return a week and its latest revision.

    Raises:
        ClientError: it was never scheduled; names the weeks that were.
    """
    place = await find_week(client, week, location, terminal)
    view = await client.week(place.location, place.week)
    if view.latest is None:
        raise ClientError(await _never_scheduled(client, place))
    return view, view.latest


async def _never_scheduled(client: Client, place: WeekPlace) -> str:
    weeks = await client.weeks(place.location)
    known = f"scheduled weeks: {', '.join(weeks)}" if weeks else f"no week of {place.location} has been"
    return f"{place} has not been scheduled ({known})"


def _number_before(view: WeekView, step: Step) -> int:
    return max((one.number for one in view.steps if one.number < step.number), default=0)


def _headline(view: WeekView, revision: Revision) -> str:
    plan = revision.plan
    made = f"revision {plan.revision} of {instant(plan.scheduled_at)}, pattern {plan.pattern.pattern}"
    if stop := view.cancellation:
        made += f"; cancelled by revision {stop.number} of {instant(stop.cancelled_at)}: {stop.reason}"
    return f"{view.location}/{view.week}: {made}"


def _notices(step: Step) -> str:
    sent, skipped, failed = (step.told(state) for state in NOTICE_STATES)
    others = "".join(f", {number:,} {what}" for number, what in ((skipped, "skipped"), (failed, "failed")) if number)
    return f"{counted(sent, 'mail')} sent about revision {step.number}{others}."


def _machines_table(windows: Sequence[AssignedWindow]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("MACHINE", "CUSTOMER", "WINDOW (UTC)", "PHASE"):
        table.add_column(column, no_wrap=True)
    table.add_column("WHY", overflow="fold")
    for one in windows:
        when = span(one.opens_at, one.closes_at)
        table.add_row(one.machine, one.customer or "—", when, one.phase, explain_placement(one.reason, one.facts))
    return Padding(table, (1, 0, 0, 2))


def _warn_of_gaps(terminal: Terminal, step: Step) -> None:
    if isinstance(step, Revision) and not step.whole:
        terminal.talk(
            f"warning: the stream no longer holds all of {step.plan.plan_id} (its digest does not match): "
            "windows are missing above"
        )
