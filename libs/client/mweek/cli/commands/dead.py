"""`mweek dead …`"""

from __future__ import annotations

from typing import Annotated

import typer

from mweek.cli import options
from mweek.cli.session import run

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Messages that no service could deal with.")

Numbers = Annotated[list[int] | None, typer.Argument(metavar="NUMBER...", help="As `dead list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]


@group.command(name="list")
def list_(as_json: options.AsJson = False, nats_url: options.NatsUrl = None) -> None:
    """List dead letters, oldest first, with the reason."""
    from mweek.cli.letters import list_letters as work

    run(work, nats_url=nats_url, as_json=as_json)


@group.command()
def replay(
    numbers: Numbers = None, every: All = False, as_json: options.AsJson = False, nats_url: options.NatsUrl = None
) -> None:
    """Publish the messages again and drop their dead letters; services that dealt with one ignore the repeat."""
    _need_one(numbers, every=every)
    from mweek.cli.letters import replay as work

    run(lambda client, terminal: work(client, terminal, numbers), nats_url=nats_url, as_json=as_json)


@group.command()
def drop(
    numbers: Numbers = None, every: All = False, as_json: options.AsJson = False, nats_url: options.NatsUrl = None
) -> None:
    """Remove dead letters for good."""
    _need_one(numbers, every=every)
    from mweek.cli.letters import drop as work

    run(lambda client, terminal: work(client, terminal, numbers), nats_url=nats_url, as_json=as_json)


def _need_one(numbers: list[int] | None, *, every: bool) -> None:
    if bool(numbers) == every:
        raise typer.BadParameter("give numbers (see: mweek dead list), or --all")
