"""The `mweek-notifier` command. What a subcommand needs is imported when it runs."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mweek_notifier.settings import NotifierSettings

OK: Final = 0
ERROR: Final = 1
OCCASIONS: Final = ("scheduled", "changed", "cancelled", "finding")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns the exit code: 0 done, 1 error, 2 usage (by argparse)."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mweek-notifier", description="Tells customers their slots.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("run", _run, "run the service until it is told to stop"),
        ("migrate", _migrate, "bring the database to the schema of this version"),
        ("asyncapi", _asyncapi, "print what the service hears and says as an AsyncAPI document"),
    ):
        commands.add_parser(name, help=text).set_defaults(run=run)
    _add_preview(commands.add_parser("preview", help="print a sample mail; nothing is sent"))
    return parser


def _add_preview(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--occasion", required=True, choices=OCCASIONS)
    parser.add_argument("--machines", type=_machines, default=12, metavar="N", help="of the sample customer")
    parser.add_argument("--timezone", type=_zone, default="Europe/Berlin", metavar="ZONE")
    parser.add_argument("--language", default="en", choices=("en", "de"))
    parser.add_argument("--part", default="text", choices=("text", "html", "mail"), help="mail: all of it, as sent")
    parser.set_defaults(run=_preview)


def _preview(options: argparse.Namespace) -> int:
    from mweek_notifier.domain.notice import NoticeKind
    from mweek_notifier.offline import Sample, preview

    settings = _settings()
    if settings is None:
        return ERROR
    sample = Sample(machines=options.machines, timezone=options.timezone, language=options.language)
    mail = preview(NoticeKind(options.occasion), sample, settings.letterhead)
    if options.part == "mail":
        sys.stdout.buffer.write(mail.content)
    else:
        sys.stdout.write(mail.html if options.part == "html" else f"Subject: {mail.subject}\n\n{mail.text}")
    return OK


def _run(_options: argparse.Namespace) -> int:
    from mweek_outbox import SchemaOutOfDateError

    from mweek_notifier.bootstrap import run

    settings = _settings()
    try:
        return ERROR if settings is None else asyncio.run(run(settings))
    except SchemaOutOfDateError as error:
        print(error, file=sys.stderr)
        return ERROR


def _migrate(_options: argparse.Namespace) -> int:
    from mweek_notifier.bootstrap import migrate_database

    settings = _settings()
    if settings is None:
        return ERROR
    migrate_database(settings)
    return OK


def _settings() -> NotifierSettings | None:
    """Return the settings, or say in sentences what is wrong with them."""
    from mweek_contracts.reading import problems_of
    from pydantic import ValidationError

    from mweek_notifier.settings import NotifierSettings

    try:
        return NotifierSettings()
    except ValidationError as error:
        for problem in problems_of(error):
            print(f"{problem.place}: {problem.text}" if problem.place else problem.text, file=sys.stderr)
        return None


def _asyncapi(_options: argparse.Namespace) -> int:
    from mweek_notifier.bootstrap import describe

    json.dump(describe(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
    return OK


def _machines(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of machines from 1 to 1000")
    return int(text)


def _zone(text: str) -> str:
    from mweek_contracts.fields import ZoneName
    from pydantic import TypeAdapter, ValidationError

    try:
        zone: str = TypeAdapter(ZoneName).validate_python(text)
    except ValidationError as error:
        raise argparse.ArgumentTypeError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
    return zone


if __name__ == "__main__":
    sys.exit(main())
