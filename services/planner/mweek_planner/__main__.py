"""The `mweek-planner` command. Subcommands import what they need when they run: `plan` knows no bus and no database."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mweek_service.command import add_service_commands

from mweek_planner.offline import arguments

if TYPE_CHECKING:
    from mweek_service.bootstrap import Frame

OK: Final = 0
ERROR: Final = 1
REFUSED: Final = 11

_YEARS: Final = range(1970, 9900)
"""Nearer to the ends of the calendar there is no room for notice and horizon."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns the exit code: 0 done, 1 error, 2 usage (by argparse), 11 refused."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mweek-planner", description="Decides when: one window per machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_plan(commands.add_parser("plan", help="plan a week from files, without a bus"))
    _add_windows(commands.add_parser("windows", help="answer requests for windows from files, without a bus"))
    _add_optimise(commands.add_parser("optimise", help="answer requests from files together, so that all wait less"))
    add_service_commands(commands, _frame)
    return parser


def _add_plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fleet", required=True, metavar="FILE", help=".yaml, .json, .jsonl or .csv")
    parser.add_argument("--location", required=True, metavar="L")
    parser.add_argument("--week", required=True, type=arguments.week, metavar="WEEK", help="ISO week, e.g. 2026-W49")
    parser.add_argument("--pattern", default="one-few-many", metavar="FILE", help="or the name of a built-in one")
    parser.add_argument(
        "--now", type=arguments.instant, metavar="TIME", help="plan as at this time; default: the system clock"
    )
    parser.add_argument("--history", metavar="FILE", help="plans of past weeks as --json printed them")
    parser.add_argument(
        "--override-notice", type=arguments.reason, metavar="REASON", help="ignore notice hours, and say why"
    )
    parser.add_argument(
        "--override-blackouts", type=arguments.reason, metavar="REASON", help="ignore blackouts, and say why"
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        "--format",
        choices=("text", "json", "csv"),
        default="text",
        help="for people (default), the whole plan, or a line a machine: machine, phase, opens_at, closes_at, reason",
    )
    forms.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.set_defaults(run=_plan)


def _plan(options: argparse.Namespace) -> int:
    # Nothing becomes garbage before the plan is written, and looking for it takes a tenth of the time and more.
    gc.disable()
    try:
        return _write_plan(options)
    finally:
        gc.freeze()  # or leaving Python would look through all of it once more
        gc.enable()


def _write_plan(options: argparse.Namespace) -> int:
    from mweek_planner.domain.outcome import Refused
    from mweek_planner.domain.plan import Overrides
    from mweek_planner.offline.planning import plan_offline
    from mweek_planner.offline.request import OfflineRequest, UnusableFileError

    request = OfflineRequest(
        fleet=options.fleet,
        location=options.location,
        week=options.week,
        now=options.now or datetime.now(UTC),
        pattern=options.pattern,
        history=options.history,
        overrides=Overrides(blackouts=options.override_blackouts, notice=options.override_notice),
    )
    try:
        answer = plan_offline(request)
    except UnusableFileError as error:
        print(error, file=sys.stderr)
        return ERROR
    refused = isinstance(answer.outcome, Refused)
    told = sys.stderr if refused and options.format != "json" else sys.stdout
    told.writelines(answer.written(options.format))
    return REFUSED if refused else OK


def _add_windows(parser: argparse.ArgumentParser) -> None:
    parser.description = "Answers requests in their order, against an empty calendar that fills as it goes. "
    parser.description += "Exit code 11: at least one is refused."
    _add_request_files(parser)
    parser.set_defaults(run=_windows)


def _add_optimise(parser: argparse.ArgumentParser) -> None:
    parser.description = "Answers requests together, in whatever order lets all of them wait least. Nobody may have "
    parser.description += (
        "been told of them: what was announced stays where it is. Exit code 11: at least one is refused."
    )
    _add_request_files(parser)
    parser.add_argument(
        "--announced",
        metavar="FILE",
        help="windows that customers were told of, .jsonl; as --json prints answers, or a line each: "
        '{"machine", "not_before", "must_end_by"}',
    )
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument(
        "--seconds", type=arguments.seconds, default=10.0, metavar="S", help="CPU seconds to look for; default: 10"
    )
    effort.add_argument(
        "--rounds",
        type=arguments.rounds,
        metavar="N",
        help="look for so many rounds: the same answers on every machine",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another one finds other answers; default: 1")
    parser.add_argument("--dry-run", action="store_true", help="only what differs from answering them in their order")
    parser.set_defaults(run=_optimise)


def _add_request_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fleet", required=True, metavar="FILE", help=".yaml, .json, .jsonl or .csv")
    parser.add_argument(
        "--requests",
        required=True,
        metavar="FILE",
        help='.jsonl; a line each: {"request_id", "machine", "estimated_minutes", "not_before"?, "deadline"?, '
        '"urgent"?, "reboot"?, "reason"?}',
    )
    parser.add_argument("--location", metavar="L", help="for fleet files that name none; may be left out")
    parser.add_argument(
        "--now", type=arguments.instant, metavar="TIME", help="ask at this time; default: the system clock"
    )
    parser.add_argument(
        "--policy",
        type=arguments.policy_number,
        action="append",
        default=[],
        metavar="NAME=N",
        help="the location's capacity, padding_percent, minimum_minutes, preparation_minutes, horizon_days; repeatable",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, instead of text for people")


def _windows(options: argparse.Namespace) -> int:
    from mweek_planner.domain.requests import Policy, Refusal
    from mweek_planner.offline.request import UnusableFileError
    from mweek_planner.offline.windows import answer_offline
    from mweek_planner.rendering.window_answers import answer_json, answer_text

    policy, now = Policy(**dict(options.policy)), options.now or datetime.now(UTC)
    if not _is_now(now):
        return ERROR
    written, code = answer_json if options.json else answer_text, OK
    try:
        for answered in answer_offline(
            options.fleet, options.requests, location=options.location, policy=policy, now=now
        ):
            sys.stdout.write(written(*answered))
            code = REFUSED if isinstance(answered.outcome, Refusal) else code
    except UnusableFileError as error:
        print(error, file=sys.stderr)
        return ERROR
    return code


def _optimise(options: argparse.Namespace) -> int:
    from mweek_planner.domain.requests import Policy, Refusal
    from mweek_planner.offline.batch import BatchFiles, for_cpu_seconds, for_rounds, optimise_offline
    from mweek_planner.offline.request import UnusableFileError
    from mweek_planner.rendering import window_answers as written

    policy, now = Policy(**dict(options.policy)), options.now or datetime.now(UTC)
    if not _is_now(now):
        return ERROR
    files = BatchFiles(
        fleet=options.fleet, requests=options.requests, announced=options.announced, location=options.location
    )
    progress = for_cpu_seconds(options.seconds) if options.rounds is None else for_rounds(options.rounds)
    try:
        batch = optimise_offline(files, policy=policy, now=now, seed=options.seed, progress=progress)
    except UnusableFileError as error:
        print(error, file=sys.stderr)
        return ERROR
    if options.dry_run:
        sys.stdout.writelines(map(written.change_json if options.json else written.change_text, batch.changes))
    else:
        line = written.answer_json if options.json else written.answer_text
        sys.stdout.writelines(line(*answered) for answered in batch.answers)
    sys.stderr.write(written.summary_text(batch.found, len(batch.changes)))
    return REFUSED if any(isinstance(answered.outcome, Refusal) for answered in batch.answers) else OK


def _is_now(now: datetime) -> bool:
    """Return whether there is room around an instant for notice and horizon; says so where there is not."""
    if now.year in _YEARS:
        return True
    print(f"--now {now.isoformat()} is not in the years {_YEARS[0]} to {_YEARS[-1]}", file=sys.stderr)
    return False


def _frame() -> Frame[Any]:
    from mweek_planner.bootstrap import FRAME

    return FRAME


if __name__ == "__main__":
    sys.exit(main())
