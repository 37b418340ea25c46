"""The command `mweek-auditor`: the service, and what a person asks of it. Imports only what the subcommand needs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit code."""
    parser = ArgumentParser(prog="mweek-auditor", description="Proves that no machine was forgotten.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="audit a plan file against a fleet file, without the bus"))
    arguments = parser.parse_args(argv)
    run: Callable[[Namespace], int] = arguments.run
    return run(arguments)


def _add_check(parser: ArgumentParser) -> None:
    option = parser.add_argument
    option("--fleet", required=True, metavar="FILE", help="fleet file: YAML, JSON, JSON Lines or CSV")
    option("--plan", required=True, metavar="FILE", help="plan as `mweek-planner plan --json` prints it; - for stdin")
    option("--pattern", metavar="FILE", help="pattern file, where the plan names one that is not built in")
    option("--location", metavar="NAME", help="for a fleet file that names none; must be the plan's")
    option(
        "--now",
        metavar="TIME",
        help="when the plan was made, such as 2026-11-23T08:00Z, where it does not say; "
        "without either, notice hours are not judged",
    )
    option("--json", action="store_true", help="print the verdict as JSON")
    parser.set_defaults(run=_check)


def _check(arguments: Namespace) -> int:
    from mweek_auditor.offline import check

    return check(arguments)


if __name__ == "__main__":
    sys.exit(main())
