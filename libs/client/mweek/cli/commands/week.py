"""`mweek week …`"""

from __future__ import annotations

from typing import Annotated

import typer

from mweek.cli import options
from mweek.cli.session import run

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Plan a maintenance week, look at it, follow it.")


@group.command()
def preview(  # noqa: PLR0913  a parameter for each option is how typer reads them
    week: options.WeekArgument,
    location: options.Location = None,
    pattern: options.PatternChoice = None,
    override_notice: options.OverrideNotice = None,
    override_blackouts: options.OverrideBlackouts = None,
    no_wait: options.NoWait = False,
    detailed_exitcode: options.DetailedExitCode = False,
    timeout: options.Timeout = 60,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Show what scheduling a week would change, and change nothing.

    + new, ~ moved, - withdrawn, ! cannot be placed; each machine with the reason why it is there.
    """
    from mweek.cli.planning import preview as work

    wish = options.PlanWish(
        week=week,
        location=location,
        pattern=pattern,
        override_notice=override_notice,
        override_blackouts=override_blackouts,
        wait=not no_wait,
        detailed_exit_code=detailed_exitcode,
        timeout=timeout,
    )
    run(lambda client, terminal: work(client, terminal, wish), nats_url=nats_url, as_json=as_json)


@group.command()
def schedule(  # noqa: PLR0913  a parameter for each option is how typer reads them
    week: options.WeekArgument,
    location: options.Location = None,
    pattern: options.PatternChoice = None,
    override_notice: options.OverrideNotice = None,
    override_blackouts: options.OverrideBlackouts = None,
    expected_revision: options.ExpectedRevision = None,
    no_wait: options.NoWait = False,
    detailed_exitcode: options.DetailedExitCode = False,
    timeout: options.Timeout = 600,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Schedule a week: windows for machines, mails for customers.

    Waits until the auditor has checked the plan and that every customer was told; exits with 1 when it has findings.
    """
    from mweek.cli.planning import schedule as work

    wish = options.PlanWish(
        week=week,
        location=location,
        pattern=pattern,
        override_notice=override_notice,
        override_blackouts=override_blackouts,
        expected_revision=expected_revision,
        wait=not no_wait,
        detailed_exit_code=detailed_exitcode,
        timeout=timeout,
    )
    run(lambda client, terminal: work(client, terminal, wish), nats_url=nats_url, as_json=as_json)


@group.command()
def cancel(
    week: options.WeekArgument,
    reason: Annotated[str, typer.Option(help="Why; customers are told.", show_default=False)],
    location: options.Location = None,
    expected_revision: options.ExpectedRevision = None,
    timeout: options.Timeout = 60,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Withdraw the windows of a week that have not opened yet.

    Customers are told, with the reason.
    """
    from mweek.cli.planning import cancel as work

    wish = options.CancelWish(
        week=week, location=location, reason=reason, expected_revision=expected_revision, timeout=timeout
    )
    run(lambda client, terminal: work(client, terminal, wish), nats_url=nats_url, as_json=as_json)


@group.command()
def show(
    week: options.WeekArgument,
    location: options.Location = None,
    machines: Annotated[bool, typer.Option("--machines", help="List the window of each machine, too.")] = False,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Show a week as it stands: phases, totals, mails, verdict."""
    from mweek.cli.viewing import show as work

    run(
        lambda client, terminal: work(client, terminal, week, location, machines=machines),
        nats_url=nats_url,
        as_json=as_json,
    )


@group.command()
def diff(
    week: options.WeekArgument,
    location: options.Location = None,
    older: Annotated[
        int | None, typer.Option("--from", min=0, metavar="N", help="Default: the revision before; 0: nothing.")
    ] = None,
    newer: Annotated[int | None, typer.Option("--to", min=1, metavar="N", help="Default: the latest revision.")] = None,
    detailed_exitcode: options.DetailedExitCode = False,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Show what differs between two revisions of a week."""
    from mweek.cli.viewing import Comparison
    from mweek.cli.viewing import diff as work

    between = Comparison(older=older, newer=newer, detailed_exit_code=detailed_exitcode)
    run(lambda client, terminal: work(client, terminal, week, location, between), nats_url=nats_url, as_json=as_json)


@group.command()
def watch(
    week: options.WeekArgument,
    location: options.Location = None,
    until_audited: Annotated[
        bool, typer.Option("--until-audited", help="End with the verdict on the latest revision: 0 passed, 1 failed.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="Default: no end.", show_default=False)
    ] = None,
    as_json: options.AsJson = False,
    nats_url: options.NatsUrl = None,
) -> None:
    """Follow a week as it happens, from its beginning.

    Ctrl-C ends it. With --json each event is a line.
    """
    from mweek.cli.watching import Watch
    from mweek.cli.watching import watch as work

    how = Watch(until_audited=until_audited, timeout=timeout)
    run(lambda client, terminal: work(client, terminal, week, location, how), nats_url=nats_url, as_json=as_json)
