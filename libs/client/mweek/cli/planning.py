"""What `mweek week preview`, `schedule` and `cancel` do and show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mweek_contracts.documents import read_pattern
from mweek_contracts.events import AuditFailedV1, NoticeSentV1
from mweek_contracts.message import Message
from mweek_contracts.pattern import Pattern
from rich.console import RenderableType

from mweek.cli.counting import counted
from mweek.cli.exits import ExitCode
from mweek.cli.options import CancelWish, PlanWish
from mweek.cli.place import find_week
from mweek.cli.plan_json import changes_json, plain, refusal_json, revision_json, verdict_json
from mweek.cli.plan_text import changes_text, counts_by_phase, phases_table, remarks_text
from mweek.cli.terminal import Terminal
from mweek.cli.verdict_text import done_total, planned_total, refusal_text, verdict_text
from mweek.client import Client
from mweek.errors import SupersededError, VerdictTimeoutError
from mweek.outcome import Refusal
from mweek.planning import ScheduleOptions
from mweek.week import PlanChanges, Revision, Verdict

_PATTERN_FILES = frozenset({".yaml", ".yml", ".json"})


async def preview(client: Client, terminal: Terminal, wish: PlanWish) -> ExitCode:
    """Show what scheduling would change, and that the auditor would accept it."""
    options = _options(wish)
    place = await find_week(client, wish.week, wish.location, terminal)
    with terminal.progress(f"Planning {place} …"):
        outcome = await client.preview_week(place.location, place.week, timeout=wish.timeout, **options)
    if isinstance(outcome, Refusal):
        return show_refusal(terminal, outcome)
    customers = (await client.fleet(place.location)).mailed(outcome.changes)
    terminal.show(
        _headline("Preview of", outcome),
        *changes_text(outcome.changes, outcome.plan.phases),
        *remarks_text(outcome.plan),
        "",
        planned_total(outcome.changes, len(customers)),
    )
    return await _judge(client, terminal, wish, outcome, customers)


async def schedule(client: Client, terminal: Terminal, wish: PlanWish) -> ExitCode:
    """Schedule, show what was done, and wait for the verdict."""
    options = _options(wish)
    place = await find_week(client, wish.week, wish.location, terminal)
    with terminal.progress(f"Planning {place} …"):
        outcome = await client.schedule_week(place.location, place.week, timeout=wish.timeout, **options)
    if isinstance(outcome, Refusal):
        return show_refusal(terminal, outcome)
    customers = (await client.fleet(place.location)).mailed(outcome.changes)
    terminal.show(
        _headline("Scheduled", outcome),
        "",
        phases_table(outcome.plan.phases, counts_by_phase(outcome.windows.values())),
        *_notable_changes(outcome),
        *remarks_text(outcome.plan),
        "",
        done_total(outcome.changes, len(customers)),
    )
    return await _judge(client, terminal, wish, outcome, customers)


async def cancel(client: Client, terminal: Terminal, wish: CancelWish) -> ExitCode:
    """Cancel, and show how many windows were withdrawn."""
    place = await find_week(client, wish.week, wish.location, terminal)
    with terminal.progress(f"Cancelling {place} …"):
        outcome = await client.cancel_week(
            place.location,
            place.week,
            reason=wish.reason,
            expected_revision=wish.expected_revision,
            timeout=wish.timeout,
        )
    if isinstance(outcome, Refusal):
        return show_refusal(terminal, outcome)
    terminal.show(f"Cancelled {place}: {counted(outcome.withdrawn, 'window')} withdrawn, their customers will be told.")
    terminal.data({"outcome": "cancelled", **plain(outcome)})
    return ExitCode.OK


def show_refusal(terminal: Terminal, refusal: Refusal) -> ExitCode:
    """Show why nothing was done."""
    terminal.show(*refusal_text(refusal))
    terminal.data(refusal_json(refusal))
    return ExitCode.REFUSED


async def _judge(
    client: Client, terminal: Terminal, wish: PlanWish, outcome: Revision, customers: Sequence[str]
) -> ExitCode:
    """Wait for the verdict if that is wished, show it, put everything out as data, and say how to exit."""
    verdict = await _wait_for_verdict(client, terminal, wish, outcome, len(customers)) if wish.wait else None
    if verdict:
        terminal.show(*verdict_text(verdict))
    terminal.data(
        {
            "outcome": "preview" if outcome.plan.preview else "scheduled",
            **revision_json(outcome, counts_by_phase(outcome.windows.values())),
            **changes_json(outcome.changes),
            "customers_mailed": list(customers),
            "audit": verdict_json(verdict),
        }
    )
    if wish.wait and verdict is None:
        return ExitCode.TIMED_OUT
    if isinstance(verdict, AuditFailedV1):
        return ExitCode.ERROR
    return ExitCode.CHANGES if wish.detailed_exit_code and not outcome.changes.empty else ExitCode.OK


async def _wait_for_verdict(
    client: Client, terminal: Terminal, wish: PlanWish, outcome: Revision, customers: int
) -> Verdict | None:
    """Return the verdict, or None after saying why there is none."""
    told: set[str | None] = set()
    task = "Waiting for the audit" if outcome.plan.preview else "Waiting for the mails and the audit"
    with terminal.progress(f"{task} …") as progress:

        def heard(event: Message) -> None:
            if isinstance(event, NoticeSentV1) and event.plan_id == outcome.plan.plan_id:
                told.add(event.customer)
                progress.say(f"{task}: {len(told):,} of {counted(customers, 'customer')} told")

        try:
            return await client.verdict(outcome, timeout=wish.timeout, heard=heard)
        except (VerdictTimeoutError, SupersededError) as error:
            terminal.complain(str(error))
            return None


def _options(wish: PlanWish) -> ScheduleOptions:
    return {
        "pattern": _pattern(wish.pattern) if wish.pattern else None,
        "override_notice": wish.override_notice,
        "override_blackouts": wish.override_blackouts,
        "expected_revision": wish.expected_revision,
    }


def _pattern(text: str) -> str | Pattern:
    """Return the pattern of a file, or the name of one that the planner has; raises DocumentError."""
    return read_pattern(text) if Path(text).suffix in _PATTERN_FILES else text


def _headline(what: str, outcome: Revision) -> str:
    plan = outcome.plan
    parent = f", after revision {plan.parent_revision}" if plan.parent_revision else ""
    return f"{what} {plan.location}/{plan.week}, revision {plan.revision}{parent}; pattern {plan.pattern.pattern}"


def _notable_changes(outcome: Revision) -> Iterator[RenderableType]:
    """Yield the changes line by line, without the windows of a first revision: those are the whole fleet."""
    changes = outcome.changes
    if outcome.plan.parent_revision is None:
        changes = PlanChanges(unplaced=changes.unplaced)
    yield from changes_text(changes, outcome.plan.phases)
