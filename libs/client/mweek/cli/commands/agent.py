"""`mweek agent`"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from mweek.cli import options
from mweek.cli.terminal import Terminal

_PREFIX = "MWEEK_AGENT_"
_REBOOT_REQUIRED = (Path("/run/reboot-required"), Path("/var/run/reboot-required"))

NatsUrl = Annotated[
    str | None,
    typer.Option(
        "--nats-url",
        envvar=[f"{_PREFIX}NATS_URL", "MWEEK_NATS_URL"],
        metavar="URL",
        help="The NATS server. Default: the one that var/run.json names.",
        show_default=False,
    ),
]
Creds = Annotated[
    Path | None,
    typer.Option(envvar=f"{_PREFIX}CREDS", metavar="FILE", help="Credentials (JWT and seed).", show_default=False),
]
Nkey = Annotated[
    Path | None,
    typer.Option(envvar=f"{_PREFIX}NKEY", metavar="FILE", help="The seed of the machine's nkey.", show_default=False),
]
InboxPrefix = Annotated[
    str, typer.Option(envvar=f"{_PREFIX}INBOX_PREFIX", metavar="PREFIX", help="Where it may hear replies.")
]
AgentLocation = Annotated[
    str,
    typer.Option(
        "--location",
        "-l",
        envvar=[f"{_PREFIX}LOCATION", "MWEEK_LOCATION"],
        metavar="NAME",
        help="The data centre of the machine.",
        show_default=False,
    ),
]
Machine = Annotated[
    str | None,
    typer.Option(
        envvar=f"{_PREFIX}MACHINE",
        metavar="NAME",
        help="Default: the host name up to its first dot.",
        show_default=False,
    ),
]
StateDir = Annotated[
    Path, typer.Option(envvar=f"{_PREFIX}STATE_DIR", metavar="DIR", help="Where the state outlives reboots.")
]
ConfigDir = Annotated[
    Path, typer.Option(envvar=f"{_PREFIX}CONFIG_DIR", metavar="DIR", help="Holds activities.d, drain.d, health.d.")
]
RebootRequired = Annotated[
    list[Path] | None,
    typer.Option(
        envvar=f"{_PREFIX}REBOOT_REQUIRED",
        metavar="FILE",
        help="Asks for a reboot by being there. Default: /run/reboot-required, /var/run/reboot-required.",
        show_default=False,
    ),
]
RebootMinutes = Annotated[
    int, typer.Option(envvar=f"{_PREFIX}REBOOT_MINUTES", min=1, metavar="N", help="What such a reboot takes.")
]
RebootCommand = Annotated[str, typer.Option(envvar=f"{_PREFIX}REBOOT_COMMAND", metavar="COMMAND", help="Reboots.")]
BootId = Annotated[
    Path, typer.Option(envvar=f"{_PREFIX}BOOT_ID", metavar="FILE", help="Says something else after each boot.")
]
HookSeconds = Annotated[
    float, typer.Option(envvar=f"{_PREFIX}HOOK_SECONDS", min=1, metavar="N", help="The longest for one hook.")
]
Linger = Annotated[
    float,
    typer.Option(
        envvar=f"{_PREFIX}LINGER", min=0, metavar="SECONDS", help="Wait in place for what comes within this time."
    ),
]
Daemon = Annotated[bool, typer.Option("--daemon", envvar=f"{_PREFIX}DAEMON", help="Stay, instead of one look.")]
Every = Annotated[
    float,
    typer.Option(envvar=f"{_PREFIX}EVERY", min=1, metavar="SECONDS", help="With --daemon: look at least so often."),
]
Simulate = Annotated[
    bool,
    typer.Option("--simulate", envvar=f"{_PREFIX}SIMULATE", help="Sleep instead of working; no hooks, no reboot."),
]
Speed = Annotated[
    float,
    typer.Option(envvar=f"{_PREFIX}SPEED", min=0.001, metavar="N", help="With --simulate: sleep so much shorter."),
]
Timeout = Annotated[
    float, typer.Option(envvar=f"{_PREFIX}TIMEOUT", min=0.1, metavar="SECONDS", help="How long to wait for a reply.")
]


def agent(  # noqa: PLR0913  a parameter for each option is how typer reads them
    location: AgentLocation,
    machine: Machine = None,
    nats_url: NatsUrl = None,
    creds: Creds = None,
    nkey: Nkey = None,
    inbox_prefix: InboxPrefix = "_INBOX",
    state_dir: StateDir = Path("/var/lib/mweek-agent"),
    config_dir: ConfigDir = Path("/etc/mweek-agent"),
    reboot_required: RebootRequired = None,
    reboot_minutes: RebootMinutes = 10,
    reboot_command: RebootCommand = "systemctl reboot",
    boot_id: BootId = Path("/proc/sys/kernel/random/boot_id"),
    hook_seconds: HookSeconds = 300,
    linger: Linger = 720,
    daemon: Daemon = False,
    every: Every = 600,
    simulate: Simulate = False,
    speed: Speed = 1,
    timeout: Timeout = 5,
    as_json: options.AsJson = False,
) -> None:
    """Do on this machine what needs a maintenance window, in one: look, request, wait, enter, work, leave.

    Looks once and exits, as a systemd timer starts it, or stays with --daemon. Each option can be said as
    MWEEK_AGENT_<OPTION>, too. Exits with 0 when all is well, 1 when the work failed or a file cannot be used, 11 when a
    window was refused, 12 without an answer, 75 when another agent is at work. docs/agents.md says the rest.
    """
    from mweek.agent.bootstrap import Settings
    from mweek.cli.address import find_nats_url
    from mweek.cli.agents import run_until_done
    from mweek.identity import Identity

    terminal = Terminal(as_json=as_json)
    run_until_done(
        terminal,
        lambda: Settings(
            nats_url=find_nats_url(nats_url),
            identity=Identity(creds=creds, nkey=nkey, inbox_prefix=inbox_prefix),
            location=location,
            machine=machine or socket.gethostname().partition(".")[0].lower(),
            state_dir=state_dir,
            config_dir=config_dir,
            reboot_required=tuple(reboot_required or _REBOOT_REQUIRED),
            reboot_minutes=reboot_minutes,
            reboot_command=reboot_command,
            boot_id=boot_id,
            hook_seconds=hook_seconds,
            linger=timedelta(seconds=linger),
            every=timedelta(seconds=every) if daemon else None,
            simulate=simulate,
            speed=speed,
            timeout=timeout,
            clock=os.environ.get("MWEEK_CLOCK", ""),
        ),
    )
