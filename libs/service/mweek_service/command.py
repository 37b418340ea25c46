"""The subcommands that every service has: run, migrate, asyncapi. What they need is imported when they run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mweek_service.bootstrap import Frame
    from mweek_service.settings import AnySettings

ERROR = 1


def add_service_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], frame: Callable[[], Frame[Any]]
) -> None:
    """Add run, migrate and asyncapi to a service's command.

    Args:
        frame: imports and returns the service's frame.
    """
    for name, does, text in (
        ("run", _run, "run the service until it is told to stop"),
        ("migrate", _migrate, "bring the database to the schema of this version"),
        ("asyncapi", _asyncapi, "print what the service hears and says as an AsyncAPI document"),
    ):
        commands.add_parser(name, help=text, description=text).set_defaults(run=_with(frame, does))


def load_settings(settings: type[AnySettings]) -> AnySettings | None:
    """Return a service's settings, or say on stderr what is wrong with them."""
    from mweek_service.settings import WrongSettingsError

    try:
        return settings.load()
    except WrongSettingsError as error:
        print(error, file=sys.stderr)
        return None


def _with(frame: Callable[[], Frame[Any]], does: Callable[[Frame[Any], Any], int]) -> Callable[[Any], int]:
    def command(_options: argparse.Namespace) -> int:
        framed = frame()
        settings = load_settings(framed.settings)
        return ERROR if settings is None else does(framed, settings)

    return command


def _run(frame: Frame[Any], settings: Any) -> int:
    import asyncio

    from mweek_outbox import SchemaOutOfDateError
    from mweek_outbox.trouble import DATABASE_TROUBLE, describe_trouble

    from mweek_service.bootstrap import run

    try:
        return asyncio.run(run(frame, settings))
    except SchemaOutOfDateError as error:
        print(error, file=sys.stderr)
    except DATABASE_TROUBLE as error:  # at the start; once it runs it waits
        print(describe_trouble(settings.database_url, error), file=sys.stderr)
    return ERROR


def _migrate(frame: Frame[Any], settings: Any) -> int:
    from mweek_outbox import SchemaTooNewError
    from mweek_outbox.trouble import DATABASE_TROUBLE, describe_trouble

    from mweek_service.bootstrap import migrate_database

    try:
        migrate_database(frame, settings)
    except SchemaTooNewError as error:
        print(error, file=sys.stderr)
    except DATABASE_TROUBLE as error:
        print(describe_trouble(settings.database_url, error), file=sys.stderr)
    else:
        return 0
    return ERROR


def _asyncapi(frame: Frame[Any], _settings: Any) -> int:
    import json

    from mweek_service.bootstrap import describe

    json.dump(describe(frame), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0
