"""The `mweek` command line. Modules here load what they need when a command runs, so that `--help` comes at once."""

from __future__ import annotations


def main() -> None:
    """Run the command line; exits with its code."""
    from mweek.cli.app import app

    app(prog_name="mweek")
