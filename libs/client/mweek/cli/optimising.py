"""What `mweek window optimise` does: it has the planner, where that is installed, look at files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import NoReturn

import typer

from mweek.cli.exits import ExitCode


def show_gain(options: Mapping[str, str | None], *, policy: Sequence[str], dry_run: bool, as_json: bool) -> NoReturn:
    """Run the planner's dry run with these options, those that are given; output and exit code are its own.

    The client knows no service: the planner is another program, started in place of this one.
    """
    if not dry_run:
        typer.echo(
            "mweek: window optimise moves nothing: a window is told to its customer as it is granted, and stays. "
            "Give --dry-run to see what answering these requests together would bring",
            err=True,
        )
        raise typer.Exit(ExitCode.USAGE)
    if find_spec("mweek_planner") is None:
        typer.echo("mweek: this needs the package mweek-planner (services/planner); install it: make install", err=True)
        raise typer.Exit(ExitCode.ERROR)
    given = [f"{name}={value}" for name, value in options.items() if value is not None]
    given += [f"--policy={number}" for number in policy]
    command = ["optimise", "--dry-run", *given, *(["--json"] if as_json else [])]
    # Replaced, not wrapped: signals reach it, and nothing of what it says is changed.
    os.execv(sys.executable, [sys.executable, "-m", "mweek_planner", *command])  # noqa: S606
