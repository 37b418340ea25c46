"""The command `mweek-auditor`: the service, and what a person asks of it. Imports only what the subcommand needs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mweek_service.command import add_service_commands, load_settings

if TYPE_CHECKING:
    from mweek_service.bootstrap import Frame


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit code."""
    parser = ArgumentParser(prog="mweek-auditor", description="Proves that no machine was forgotten.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="audit a plan file against a fleet file, without the bus"))
    _add_report(
        commands.add_parser("report", help="print the verdicts on a week or on requested windows, from its database")
    )
    add_service_commands(commands, _frame)
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


def _add_report(parser: ArgumentParser) -> None:
    parser.add_argument("location")
    parser.add_argument("week", metavar="WEEK|windows", help="ISO week, e.g. 2026-W49, or the requested windows")
    parser.add_argument("--all", action="store_true", help="every verdict, the newest first")
    parser.add_argument("--json", action="store_true", help="print a list of verdicts as JSON")
    parser.set_defaults(run=_report)


def _report(arguments: Namespace) -> int:
    from mweek_auditor.reporting import report
    from mweek_auditor.settings import AuditorSettings

    settings = load_settings(AuditorSettings)
    if settings is None:
        return 1
    return report(
        settings.database_url, arguments.location, arguments.week, as_json=arguments.json, every=arguments.all
    )


def _frame() -> Frame[Any]:
    from mweek_auditor.bootstrap import FRAME

    return FRAME


def _check(arguments: Namespace) -> int:
    from mweek_auditor.offline import check

    return check(arguments)


if __name__ == "__main__":
    sys.exit(main())
