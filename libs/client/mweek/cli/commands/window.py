"""`mweek window …`"""

from __future__ import annotations

from typing import Annotated

import typer

from mweek.cli import options
from mweek.cli.session import run

group = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Request windows for single machines, and look at them."
)

MachineArgument = Annotated[str, typer.Argument(metavar="MACHINE", help="The name of a machine.", show_default=False)]
RequestId = Annotated[
    str | None,
    typer.Option(
        "--request-id",
        metavar="ID",
        help="Asking twice with the same is asking once. Default: new.",
        show_default=False,
    ),
]


@group.command()
def request(  # noqa: PLR0913  a parameter for each option is how typer reads them
    machine: MachineArgument,
    reason: Annotated[str, typer.Option(help="Why, in a few words; customers read it.", show_default=False)],
    minutes: Annotated[
        int, typer.Option("--minutes", "-m", metavar="N", help="How long it will be down.", show_default=False)
    ],
    activity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:KIND[:MINUTES]]",
            help="What is done; KIND is reboot, restart or other. Repeat it.",
            show_default=False,
        ),
    ] = None,
    not_before: Annotated[
        str | None, typer.Option(metavar="TIME", help="Such as 2026-12-01T22:00Z.", show_default=False)
    ] = None,
    deadline: Annotated[
        str | None, typer.Option(metavar="TIME", help="It must be over by then.", show_default=False)
    ] = None,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="Set the notice hours aside; recorded and told to the customer.")
    ] = False,
    request_id: RequestId = None,
    location: options.Location = None,
    timeout: options.Timeout = 5,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Ask for a window, as the machine itself would. Its agent leaves such a window alone: enter it yourself.

    Exits with 11 when it is refused; the earliest alternative is shown.
    """
    from mweek.cli.windows import WindowWish
    from mweek.cli.windows import request as work

    wish = WindowWish(
        machine=machine,
        location=location,
        reason=reason,
        minutes=minutes,
        activities=tuple(activity or ()),
        not_before=not_before,
        deadline=deadline,
        urgent=urgent,
        request_id=request_id,
        timeout=timeout,
    )
    run(lambda client, terminal: work(client, terminal, wish), nats_url=nats_url, as_json=as_json)


@group.command(name="list")
def list_(
    machine: Annotated[
        str | None,
        typer.Argument(metavar="[MACHINE]", help="Ask the planner for those of one machine.", show_default=False),
    ] = None,
    location: options.Location = None,
    timeout: options.Timeout = 5,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """List windows that are not over: of one machine as the planner has them, else those that machines requested."""
    from mweek.cli.windows import list_windows as work

    run(lambda client, terminal: work(client, terminal, machine, location, timeout), nats_url=nats_url, as_json=as_json)


@group.command()
def withdraw(
    machine: MachineArgument,
    window_id: Annotated[str, typer.Argument(metavar="WINDOW", help="As `window list` shows it.", show_default=False)],
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Only for this request; repeat it.", show_default=False),
    ] = None,
    location: options.Location = None,
    timeout: options.Timeout = 5,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Say that a window is not needed; its customer is told."""
    from mweek.cli.windows import withdraw as work

    requests = tuple(only or ())
    run(
        lambda client, terminal: work(client, terminal, (machine, window_id, requests), location, timeout),
        nats_url=nats_url,
        as_json=as_json,
    )


@group.command()
def explain(  # noqa: PLR0913  a parameter for each option is how typer reads them
    machine: MachineArgument,
    request_id: Annotated[
        str | None,
        typer.Option(
            "--request", metavar="ID", help="A request that it made. Default: the latest.", show_default=False
        ),
    ] = None,
    minutes: Annotated[
        int | None,
        typer.Option(
            "--minutes",
            "-m",
            metavar="N",
            help="A wish instead: how long it would be down. Default: for an update.",
            show_default=False,
        ),
    ] = None,
    not_before: Annotated[
        str | None, typer.Option(metavar="TIME", help="Such as 2026-12-01T22:00Z.", show_default=False)
    ] = None,
    deadline: Annotated[
        str | None, typer.Option(metavar="TIME", help="It would be over by then.", show_default=False)
    ] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="As if the notice hours were set aside.")] = False,
    days: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=62, help="How many to show. Default: as far as the window.", show_default=False
        ),
    ] = None,
    location: options.Location = None,
    timeout: options.Timeout = 5,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Show which window a machine would get now, and which rule closes which hours. Asks for nothing.

    About a request that it made, and what came of it; or, with --minutes and the options after it, about a mere wish.
    """
    from mweek.cli.windows import WindowQuestion
    from mweek.cli.windows import explain as work

    said = {"estimated_minutes": minutes, "not_before": not_before, "deadline": deadline, "urgent": urgent or None}
    wish = {name: value for name, value in said.items() if value is not None}
    if wish and request_id is not None:
        raise typer.BadParameter("a request says itself what it wishes", param_hint="--request")
    question = WindowQuestion(
        machine=machine,
        location=location,
        request_id=request_id,
        wish=wish,  # type: ignore[arg-type]  # its keys are those above
        days=days,
        timeout=timeout,
    )
    run(lambda client, terminal: work(client, terminal, question), nats_url=nats_url, as_json=as_json)


@group.command()
def optimise(  # noqa: PLR0913  a parameter for each option is how typer reads them
    fleet: Annotated[str, typer.Option("--fleet", metavar="FILE", help="A fleet file.", show_default=False)],
    requests: Annotated[
        str,
        typer.Option(
            "--requests", metavar="FILE", help="Requests that nobody has been told of yet, .jsonl.", show_default=False
        ),
    ],
    announced: Annotated[
        str | None,
        typer.Option(
            "--announced",
            metavar="FILE",
            help="Windows that customers were told of, .jsonl: they stay.",
            show_default=False,
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=N", help="Such as capacity=5; repeat it.", show_default=False),
    ] = None,
    now: Annotated[
        str | None, typer.Option(metavar="TIME", help="Ask at this time. Default: the clock.", show_default=False)
    ] = None,
    seconds: Annotated[
        str | None, typer.Option(metavar="S", help="CPU seconds to look for. Default: 10.", show_default=False)
    ] = None,
    rounds: Annotated[
        str | None, typer.Option(metavar="N", help="Instead: so many rounds.", show_default=False)
    ] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Another one finds others.", show_default=False)] = None,
    location: Annotated[
        str | None,
        typer.Option("--location", "-l", metavar="NAME", help="For fleet files that name none.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="There is nothing else: it has to be given.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, as the planner writes them.")
    ] = False,
) -> None:
    """Show how much less requests would wait that are answered together, before anybody is told.

    Without a bus, by the planner's own rules: it runs mweek-planner optimise, whose output and exit code are passed on.
    On the bus each request is answered and told as it comes, and what was told is never moved.
    """
    from mweek.cli.optimising import show_gain

    show_gain(
        {
            "--fleet": fleet,
            "--requests": requests,
            "--announced": announced,
            "--now": now,
            "--seconds": seconds,
            "--rounds": rounds,
            "--seed": seed,
            "--location": location,
        },
        policy=policy or (),
        dry_run=dry_run,
        as_json=as_json,
    )
