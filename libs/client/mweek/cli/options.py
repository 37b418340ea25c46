"""The options that several commands share, each defined once, and the wishes that they make up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (with format_version) instead of text.")]
NatsUrl = Annotated[
    str | None,
    typer.Option(
        "--nats-url",
        envvar="MWEEK_NATS_URL",
        metavar="URL",
        help="The NATS server. Default: the one that var/run.json names.",
        show_default=False,
    ),
]
Location = Annotated[
    str | None,
    typer.Option(
        "--location",
        "-l",
        envvar="MWEEK_LOCATION",
        metavar="NAME",
        help="The data centre. Default: the only one there is.",
        show_default=False,
    ),
]
WeekArgument = Annotated[
    str, typer.Argument(metavar="WEEK", help="An ISO week such as 2026-W49, or LOCATION/WEEK.", show_default=False)
]
Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long to wait.")]
DetailedExitCode = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit with 10 instead of 0 when there are changes.")
]
PatternChoice = Annotated[
    str | None,
    typer.Option(
        "--pattern",
        metavar="FILE|NAME",
        help="The shape of the week: a YAML or JSON file, or a name. Default: one-few-many.",
        show_default=False,
    ),
]
OverrideNotice = Annotated[
    str | None,
    typer.Option(metavar="REASON", help="Set customers' notice hours aside; recorded and told.", show_default=False),
]
OverrideBlackouts = Annotated[
    str | None,
    typer.Option(metavar="REASON", help="Set customers' blackouts aside; recorded and told.", show_default=False),
]
ExpectedRevision = Annotated[
    int | None,
    typer.Option(
        min=0, metavar="N", help="Refuse when the week is at another revision by then (0: none).", show_default=False
    ),
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Do not wait for the verdict of the auditor.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWish:
    """A week as somebody wishes it planned."""

    week: str
    location: str | None
    pattern: str | None
    override_notice: str | None
    override_blackouts: str | None
    expected_revision: int | None = None
    wait: bool
    detailed_exit_code: bool
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWish:
    """A week that somebody wishes cancelled."""

    week: str
    location: str | None
    reason: str
    expected_revision: int | None
    timeout: float
