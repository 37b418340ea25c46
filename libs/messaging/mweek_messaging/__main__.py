"""`mweek-streams`: makes a server's streams what the contracts say, and brings back those that went back."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nats.aio.client import Client

    from mweek_messaging.rebuild.steps import Say

_REBUILD: Final = """\
Brings the streams back after the server has lost them, was restored from an older copy, or had a damaged disk.
Creates what is missing; publishes again what the services have sent and the streams lack, in order, and every record
of the inventory; lets each service read the streams from the beginning. What a service has done already it does not
do again: no mail goes out twice. Services may run (they have stopped consuming by then, and go on by themselves) or
be stopped. Doing it twice changes nothing.

It needs the services' databases: --database, else MWEEK_<SERVICE>_DATABASE_URL, else DIR/<service>.sqlite3. Where not
all are on one machine, run it on each, first where the inventory's is.
"""


def main(arguments: Sequence[str] | None = None, *, prog: str = "mweek-streams") -> int:
    """Run the command; exit code 0 done, 1 drift or error, 2 usage."""
    options = _parser(prog).parse_args(arguments)
    try:
        return asyncio.run(_run(options, prog))
    except KeyboardInterrupt:
        return 130


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    apply = _verb(verbs, "apply", "create what is missing, update what differs; deletes nothing")
    check = _verb(verbs, "check", "say what apply would change; exit code 1 when there is anything")
    accept = _verb(verbs, "accept", "let a service read a stream that went back, as it is now")
    accept.add_argument("--service", required=True, help="e.g. planner")
    accept.add_argument("--stream", required=True, help="e.g. EVENTS")
    accept.add_argument("--database-url", required=True, help="the service's database")
    rebuild = _verb(verbs, "rebuild", "bring lost streams back from the services' databases", _REBUILD)
    rebuild.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    rebuild.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="SERVICE=URL",
        type=_database,
        help="e.g. planner=postgresql://mweek@db/planner; repeat it for each",
    )
    rebuild.add_argument(
        "--var", type=Path, default=Path("var"), metavar="DIR", help="where SQLite files are by default (default: var)"
    )
    for command in (apply, check, rebuild):
        command.add_argument("--replicas", type=int, default=1, help="copies of each stream: 1, or 3 in a cluster")
    return parser


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str, description: str = ""
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name, help=what, description=description or what, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verb.add_argument("--nats-url", default=os.environ.get("MWEEK_NATS_URL", "nats://127.0.0.1:4222"))
    verb.add_argument("--json", action="store_true", help="print JSON (with format_version) instead of sentences")
    return verb


def _database(text: str) -> tuple[str, str]:
    service, equals, url = text.partition("=")
    if not (service and equals and url):
        raise argparse.ArgumentTypeError(f"{text!r} is not SERVICE=URL")
    return service, url


async def _run(options: argparse.Namespace, prog: str) -> int:
    # Imported here, so that --help needs no client.
    import nats.errors

    from mweek_messaging.publishing import PUBLISH_FAILURES
    from mweek_messaging.rebuild.steps import CHANGES, Report

    _keep_logs_quiet()
    report = Report(as_json=options.json)
    try:
        connection = await _connect(options.nats_url)
    except (TimeoutError, OSError, nats.errors.Error) as error:
        return _fail(prog, f"no NATS server answers at {options.nats_url}: {error or type(error).__name__}")
    try:
        await _work(connection, options, report.say)
    except _explained() as error:
        return _fail(prog, str(error))
    except PUBLISH_FAILURES as error:
        return _fail(prog, f"the server did not answer ({error or type(error).__name__}): run this again")
    finally:
        await connection.close()
    changed = bool(CHANGES & {step.kind for step in report.steps})
    report.end(options.verb, changed=changed and not _only_looks(options))
    return 1 if options.verb == "check" and changed else 0


def _only_looks(options: argparse.Namespace) -> bool:
    return options.verb == "check" or bool(getattr(options, "dry_run", False))


def _explained() -> tuple[type[Exception], ...]:
    """Return the errors that say what to do."""
    from sqlalchemy.exc import DBAPIError

    from mweek_messaging.provisioning import ProvisioningError
    from mweek_messaging.rebuild.command import NotSaidAgainError
    from mweek_messaging.rebuild.databases import UnusableDatabaseError
    from mweek_messaging.rebuild.mending import NotMendedError
    from mweek_messaging.rebuild.outboxes import StillPublishingError

    return (
        DBAPIError,
        ProvisioningError,
        LookupError,
        NotSaidAgainError,
        UnusableDatabaseError,
        NotMendedError,
        StillPublishingError,
    )


async def _connect(url: str) -> Client:
    import nats

    return await nats.connect(
        url, connect_timeout=5, allow_reconnect=False, max_reconnect_attempts=1, error_cb=_say_nothing
    )


async def _work(connection: Client, options: argparse.Namespace, say: Say) -> None:
    from mweek_messaging.provisioning import apply_streams, drift_of_streams
    from mweek_messaging.rebuild.command import RebuildWish, rebuild
    from mweek_messaging.rebuild.steps import Step, StepKind

    if options.verb == "rebuild":
        wish = RebuildWish(
            databases=dict(options.database), folder=options.var, replicas=options.replicas, dry_run=options.dry_run
        )
        await rebuild(connection, wish, say=say)
    elif options.verb == "accept":
        for sentence in await _accept(connection, options):
            say(Step(StepKind.ACCEPTED, sentence))
    else:
        work = apply_streams if options.verb == "apply" else drift_of_streams
        for sentence in await work(connection, replicas=options.replicas):
            say(Step(StepKind.STREAM, sentence))


async def _accept(connection: Client, options: argparse.Namespace) -> Sequence[str]:
    from mweek_messaging.acceptance import accept_stream
    from mweek_messaging.rebuild.databases import opened

    with opened({options.service: options.database_url}) as databases:
        database = databases[options.service]
        return await accept_stream(connection, database, service=options.service, stream=options.stream)


def _keep_logs_quiet() -> None:
    """Let what the library logs not stand between the sentences."""
    import logging

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


async def _say_nothing(_error: Exception) -> None:
    """Leave it to the sentence that follows; nats-py would print a traceback."""


def _fail(prog: str, sentence: str) -> int:
    print(f"{prog}: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
