"""What `mweek agent` does and shows: a line for each event, and an exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NoReturn

import typer
from mweek_contracts.rules import check_token

from mweek.agent.bootstrap import Report, Settings, run_agent
from mweek.agent.state_file import AnotherAgentError
from mweek.cli.exits import ExitCode
from mweek.cli.plan_json import Json, plain
from mweek.cli.terminal import Terminal
from mweek.cli.times import instant
from mweek.errors import ClientError


def run_until_done(terminal: Terminal, settings: Callable[[], Settings]) -> NoReturn:
    """Run the agent and exit; what cannot be begun is said as in every command."""
    try:
        chosen = settings()
        _check(chosen)
        code = asyncio.run(work_as_agent(chosen, terminal))
    except AnotherAgentError as error:
        terminal.complain(str(error))
        code = ExitCode.BUSY
    except ClientError as error:
        terminal.complain(str(error))
        code = ExitCode.ERROR
    raise typer.Exit(int(code))


async def work_as_agent(settings: Settings, terminal: Terminal) -> ExitCode:
    """Run the agent, say what it does, and say how to exit."""

    def say(event: str, fields: Mapping[str, object]) -> None:
        told = {name: _told(value) for name, value in fields.items() if value is not None}
        terminal.data({"event": event, **told}, one_line=True)
        if not terminal.as_json:
            terminal.talk(" ".join([event, *(f"{name}={_quoted(value)}" for name, value in told.items())]))

    try:
        report = await run_agent(settings, say)
    except ValueError as error:
        raise ClientError(str(error)) from None
    terminal.show(_sentence(report))
    terminal.data({"event": "ended", **_json(report)}, one_line=True)
    return exit_code(report)


def exit_code(report: Report) -> ExitCode:
    """Return what a call came to, the worst first."""
    if report.visit.failed or report.interrupted or report.unusable:
        return ExitCode.ERROR
    if report.visit.refusals:
        return ExitCode.REFUSED
    return ExitCode.TIMED_OUT if report.visit.unanswered else ExitCode.OK


def _check(settings: Settings) -> None:
    """Raise ClientError where a name is none for the bus: nothing could ever be asked with it."""
    for option, value in (("--location", settings.location), ("--machine", settings.machine)):
        try:
            check_token(value)
        except ValueError as error:
            raise ClientError(f"{option}: {error}") from None


def _sentence(report: Report) -> str:
    state, visit = report.state, report.visit
    if state.stay is not None:
        return f"In the window {state.stay.window.window_id}, {state.stay.stage}."
    grants = [wish.grant for wish in state.wishes if wish.grant is not None]
    if grants:
        first = min(grants, key=lambda one: one.not_before)
        return f"Waits for the window {first.window_id}, which opens {instant(first.not_before)}."
    if visit.refusals:
        refusal = visit.refusals[-1]
        alternative = refusal.earliest_alternative
        more = f" The earliest alternative opens {instant(alternative)}." if alternative else ""
        return f"Refused ({refusal.code}): {refusal.text}{more}"
    if visit.unanswered:
        return f"No answer: {visit.unanswered}"
    last = f" The last window was left with {state.last.result}." if state.last else ""
    return f"Nothing to do.{last}"


def _json(report: Report) -> Json:
    state, visit = report.state, report.visit
    return {
        "stage": state.stay.stage.value if state.stay else None,
        "windows": [plain(wish.grant) for wish in state.wishes if wish.grant is not None],
        "refusals": [plain(one) for one in visit.refusals],
        "unanswered": visit.unanswered,
        "unusable": list(report.unusable),
        "last": plain(state.last) if state.last else None,
        "waits_until": _told(visit.waits_for.until) if visit.waits_for else None,
    }


def _told(value: object) -> object:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text or not text else text
