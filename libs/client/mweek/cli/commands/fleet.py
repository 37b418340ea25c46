"""`mweek fleet …`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mweek.cli import options
from mweek.cli.session import run

group = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Put machines and customers on the bus, and look at them."
)


@group.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML, JSON, JSON Lines or CSV.", show_default=False)],
    location: Annotated[
        str | None,
        typer.Option("--location", "-l", metavar="NAME", help="For files that name none.", show_default=False),
    ] = None,
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep machines of the location that the file does not name.")
    ] = False,
    timeout: options.Timeout = 120,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Import a fleet file, all or nothing.

    Machines of the location that it does not name are removed, unless --keep-missing says otherwise.
    Errors come as file:line: field: text, all at once, and nothing is done.
    """
    from mweek.cli.fleets import Import
    from mweek.cli.fleets import import_fleet as work

    wish = Import(file=file, location=location, keep_missing=keep_missing, timeout=timeout)
    run(lambda client, terminal: work(client, terminal, wish), nats_url=nats_url, as_json=as_json)


@group.command()
def show(
    location: options.Location = None,
    machines: Annotated[bool, typer.Option("--machines", help="List each machine, too.")] = False,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Show the machines and customers of a location."""
    from mweek.cli.fleets import show as work

    run(
        lambda client, terminal: work(client, terminal, location, machines=machines), nats_url=nats_url, as_json=as_json
    )
