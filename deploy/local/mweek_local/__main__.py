"""`mweek-local`: Maintenance Week on one machine, in one command."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mweek_local.errors import HouseError
from mweek_local.places import Places

_REFERENCE_FLEET = Path("deploy/reference/rzob.yaml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 ok, 1 error or a failed audit, 2 usage."""
    options = _parser().parse_args(arguments)
    places = Places.under(options.var)
    try:
        return asyncio.run(_run(options, places))
    except HouseError as error:
        _say(f"mweek-local: {error}")
        return 1


async def _run(options: argparse.Namespace, places: Places) -> int:
    if options.command == "demo":
        from mweek_local.demo import demo

        return await demo(places, fleet=options.fleet, environment=os.environ, say=_say)
    from mweek_local.up import up

    return await up(places, environment=os.environ, say=_say)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mweek-local", description="Maintenance Week on one machine: a nats-server and all services."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start everything and stay up until Ctrl-C")
    up.add_argument("--var", type=Path, default=Path("var"), metavar="DIR", help="databases, logs, mail (default: var)")
    demo = commands.add_parser("demo", help="run the main job once, on the reference fleet, and stop everything")
    demo.add_argument(
        "--var", type=Path, default=Path("var/demo"), metavar="DIR", help="emptied first (default: var/demo)"
    )
    demo.add_argument(
        "--fleet", type=Path, default=_REFERENCE_FLEET, metavar="FILE", help=f"default: {_REFERENCE_FLEET}"
    )
    return parser


def _say(line: str) -> None:
    """Talk goes to stderr: stdout is for what a command is asked for."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
