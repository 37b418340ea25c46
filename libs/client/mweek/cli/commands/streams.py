"""`mweek streams …`: the operator's door to what `mweek-streams` does; here it finds the server as all commands do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mweek.cli import options
from mweek.cli.exits import ExitCode

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The streams of the server: prepare them, check them, bring them back when they were lost.",
)

Var = Annotated[Path, typer.Option("--var", metavar="DIR", help="Where run.json and <service>.sqlite3 are looked for.")]
Replicas = Annotated[int, typer.Option(min=1, metavar="N", help="Copies of each stream: 1, or 3 in a cluster.")]
Databases = Annotated[
    list[str] | None,
    typer.Option(
        "--database",
        metavar="SERVICE=URL",
        help="Such as planner=postgresql://mweek@db/planner; repeat it for each service. Default: "
        "MWEEK_<SERVICE>_DATABASE_URL, else DIR/<service>.sqlite3.",
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")]
_VAR = Path("var")


@group.command()
def apply(
    replicas: Replicas = 1, var: Var = _VAR, as_json: options.AsJson = False, nats_url: options.NatsUrl = None
) -> None:
    """Create the streams and consumers that are missing, and update those that differ. Deletes nothing."""
    _run(["apply", "--replicas", str(replicas)], var, nats_url, as_json=as_json)


@group.command()
def check(
    replicas: Replicas = 1, var: Var = _VAR, as_json: options.AsJson = False, nats_url: options.NatsUrl = None
) -> None:
    """Say what `apply` would change; exits with 1 when there is anything."""
    _run(["check", "--replicas", str(replicas)], var, nats_url, as_json=as_json)


@group.command()
def rebuild(
    database: Databases = None,
    dry_run: DryRun = False,
    replicas: Replicas = 1,
    var: Var = _VAR,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Bring the streams back after the server has lost them, was restored from an older copy, or had a damaged disk.

    Creates what is missing; publishes again, in order, what the services have sent and the streams lack, and every
    record of the inventory; lets each service read the streams from the beginning. What a service has done already
    it does not do again: no mail goes out twice.

    Services may run (they have stopped consuming by then, and go on by themselves) or be stopped. Doing it twice
    changes nothing. It needs the services' databases; where they are not all on this machine, run it on each, first
    where the inventory's is.
    """
    arguments = ["rebuild", "--replicas", str(replicas), "--var", str(var)]
    arguments += [part for one in database or () for part in ("--database", one)]
    _run([*arguments, *(["--dry-run"] if dry_run else [])], var, nats_url, as_json=as_json)


@group.command()
def accept(
    service: Annotated[str, typer.Option(metavar="NAME", help="Such as planner.", show_default=False)],
    stream: Annotated[str, typer.Option(metavar="NAME", help="Such as EVENTS.", show_default=False)],
    database_url: Annotated[
        str, typer.Option("--database-url", metavar="URL", help="The service's database.", show_default=False)
    ],
    var: Var = _VAR,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Let one service take a stream that went back as it is now, and do without what is lost.

    For a stream whose owner's database is lost, too. Everywhere else: `mweek streams rebuild`.
    """
    arguments = ["accept", "--service", service, "--stream", stream, "--database-url", database_url]
    _run(arguments, var, nats_url, as_json=as_json)


def _run(arguments: Sequence[str], var: Path, nats_url: str | None, *, as_json: bool) -> NoReturn:
    from mweek_messaging.__main__ import main

    from mweek.cli.address import find_nats_url
    from mweek.errors import ClientError

    try:
        url = find_nats_url(nats_url, var / "run.json")
    except ClientError as error:
        typer.echo(f"mweek: {error}", err=True)
        raise typer.Exit(ExitCode.ERROR) from None
    verb, *rest = arguments
    raise typer.Exit(main([verb, "--nats-url", url, *(["--json"] if as_json else []), *rest], prog="mweek streams"))
