"""The command `mweek-inventory`: runs the service, and what can be done with its database by hand."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mweek_service.command import add_service_commands

if TYPE_CHECKING:
    from mweek_service.bootstrap import Frame

EXIT_ERROR: Final = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused or failed, 2 wrongly called."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        return command(options)
    except _expected_errors() as error:
        return _failed(str(error))
    except BrokenPipeError:  # who reads, e.g. `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _expected_errors() -> tuple[type[Exception], ...]:
    """Return the errors that explain themselves; what else goes wrong is a mistake of ours and keeps its traceback."""
    from mweek_contracts.documents import DocumentError
    from mweek_outbox import SchemaOutOfDateError
    from mweek_service.settings import WrongSettingsError

    from mweek_inventory.offline import UnknownLocationError

    return DocumentError, SchemaOutOfDateError, UnknownLocationError, WrongSettingsError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mweek-inventory", description="Owns what is known of machines and customers."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    imported = commands.add_parser("import", help="make a fleet file known: YAML, JSON, JSON Lines or CSV")
    imported.add_argument("file", type=Path, metavar="FILE")
    imported.add_argument("--location", help="for files that name none (CSV)")
    imported.add_argument("--keep-missing", action="store_true", help="keep machines that the file does not name")
    imported.set_defaults(run=_import)
    exported = commands.add_parser("export", help="print what is known of a location as a fleet file")
    exported.add_argument("location", metavar="LOCATION")
    exported.add_argument("--format", choices=("yaml", "jsonl"), default="yaml", help="jsonl for large fleets")
    exported.set_defaults(run=_export)
    rebuilt = commands.add_parser("rebuild", help="publish every record again, e.g. after the stream was lost")
    rebuilt.add_argument("--location", help="only of this one")
    rebuilt.set_defaults(run=_rebuild)
    add_service_commands(commands, _frame)
    return parser


def _frame() -> Frame[Any]:
    from mweek_inventory.bootstrap import FRAME

    return FRAME


def _import(options: argparse.Namespace) -> int:
    from mweek_inventory.bootstrap import desk
    from mweek_inventory.domain.change import Refusal
    from mweek_inventory.settings import InventorySettings

    with desk(InventorySettings.load()) as open_desk:
        outcome = open_desk.import_file(options.file, location=options.location, keep_missing=options.keep_missing)
    if isinstance(outcome, Refusal):
        return _failed("\n".join(f"{options.file}: {problem}" for problem in outcome.problems))
    print(outcome.summary(), file=sys.stderr)
    return 0


def _export(options: argparse.Namespace) -> int:
    from mweek_contracts.documents import render_json_lines, render_yaml

    from mweek_inventory.bootstrap import desk
    from mweek_inventory.settings import InventorySettings

    with desk(InventorySettings.load()) as open_desk:
        document = open_desk.export(options.location)
    render = render_yaml if options.format == "yaml" else render_json_lines
    sys.stdout.writelines(f"{line}\n" for line in render(document))
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    from mweek_inventory.bootstrap import desk
    from mweek_inventory.settings import InventorySettings

    with desk(InventorySettings.load()) as open_desk:
        said = open_desk.rebuild(options.location)
    print(f"{said} records will be published again", file=sys.stderr)
    return 0


def _failed(why: str) -> int:
    print(why, file=sys.stderr)
    return EXIT_ERROR


if __name__ == "__main__":
    sys.exit(main())
