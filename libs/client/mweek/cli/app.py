"""The tree of commands."""

from __future__ import annotations

import typer

from mweek.cli.commands import agent, dead, fleet, house, streams, week, window

_EPILOG = (
    "Exit codes: 0 ok · 1 error, or the audit failed · 2 usage · 10 changes (with --detailed-exitcode) · "
    "11 refused · 12 timed out · 75 another agent is at work"
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Maintenance Week: schedule maintenance windows for machines that belong to customers.",
    epilog=_EPILOG,
)
app.command()(house.up)
app.add_typer(fleet.group, name="fleet")
app.add_typer(week.group, name="week")
app.add_typer(window.group, name="window")
app.command()(house.why)
app.command()(house.audit)
app.command()(agent.agent)
app.add_typer(dead.group, name="dead")
app.add_typer(streams.group, name="streams")
