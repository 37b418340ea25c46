"""The `mweek-notifier` command. What a subcommand needs is imported when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from mweek_service.command import add_service_commands, load_settings

if TYPE_CHECKING:
    from mweek_service.bootstrap import Frame

OK: Final = 0
ERROR: Final = 1
OCCASIONS: Final = (
    "scheduled",
    "changed",
    "cancelled",
    "finding",
    "window-finding",
    "granted",
    "urgent",
    "moved",
    "withdrawn",
    "windows",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns the exit code: 0 done, 1 error, 2 usage (by argparse)."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mweek-notifier", description="Tells customers their slots.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_service_commands(commands, _frame)
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
    from mweek_notifier.offline import Sample, preview
    from mweek_notifier.settings import NotifierSettings

    settings = load_settings(NotifierSettings)
    if settings is None:
        return ERROR
    sample = Sample(machines=options.machines, timezone=options.timezone, language=options.language)
    mail = preview(options.occasion, sample, settings.letterhead)
    if options.part == "mail":
        sys.stdout.buffer.write(mail.content)
    else:
        sys.stdout.write(mail.html if options.part == "html" else f"Subject: {mail.subject}\n\n{mail.text}")
    return OK


def _frame() -> Frame[Any]:
    from mweek_notifier.bootstrap import FRAME

    return FRAME


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
