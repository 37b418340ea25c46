"""`mweek up`, `why` and `audit`."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from mweek.cli import options
from mweek.cli.exits import ExitCode
from mweek.cli.session import run


def up(
    var: Annotated[Path, typer.Option("--var", metavar="DIR", help="Databases, logs, mail.")] = Path("var"),
) -> None:
    """Start a NATS server and all services on this machine, until Ctrl-C."""
    if find_spec("mweek_local") is None:
        typer.echo("mweek: this needs the package mweek-local (deploy/local); install it: make install", err=True)
        raise typer.Exit(ExitCode.ERROR)
    # Replaced, not wrapped: signals, the exit code and the terminal are those of the house itself.
    os.execv(sys.executable, [sys.executable, "-m", "mweek_local", "up", "--var", str(var)])  # noqa: S606


def why(
    machine: Annotated[str, typer.Argument(metavar="MACHINE", help="The name of a machine.", show_default=False)],
    week: Annotated[
        str | None, typer.Option(metavar="WEEK", help="Default: its latest scheduled week.", show_default=False)
    ] = None,
    location: Annotated[
        str | None,
        typer.Option(
            "--location", "-l", envvar="MWEEK_LOCATION", metavar="NAME", help="Default: all.", show_default=False
        ),
    ] = None,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Say why a machine has the window that it has, or none."""
    from mweek.cli.reasons import why as work

    run(lambda client, terminal: work(client, terminal, machine, week, location), nats_url=nats_url, as_json=as_json)


def audit(
    week: Annotated[
        str,
        typer.Argument(
            metavar="WEEK|windows",
            help="An ISO week, or `windows`: those that machines requested. Or LOCATION/WEEK, LOCATION/windows.",
            show_default=False,
        ),
    ],
    location: options.Location = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for a verdict on a week where there is none yet.")] = False,
    timeout: options.Timeout = 600,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Show the auditor's verdict on a week, or on the windows that machines requested.

    Exits with 0 when the latest revision (the requested windows) passed, 1 when it failed, 12 while there is no
    verdict.
    """
    from mweek.cli.viewing import audit as work

    patience = timeout if wait else None
    run(lambda client, terminal: work(client, terminal, week, location, patience), nats_url=nats_url, as_json=as_json)
