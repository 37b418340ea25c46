"""Runs one command over the bus, and turns what can go wrong into a sentence and an exit code."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NoReturn

import typer

from mweek.cli.address import find_nats_url
from mweek.cli.counting import counted
from mweek.cli.exits import ExitCode
from mweek.cli.terminal import Terminal

if TYPE_CHECKING:
    from mweek_contracts.documents import DocumentError

    from mweek.client import Client

Work = Callable[["Client", Terminal], Awaitable[ExitCode]]


def run(work: Work, *, nats_url: str | None, as_json: bool) -> NoReturn:
    """Connect, do the work, disconnect, and exit."""
    import asyncio

    raise typer.Exit(int(asyncio.run(_outcome(work, nats_url, Terminal(as_json=as_json)))))


async def _outcome(work: Work, nats_url: str | None, terminal: Terminal) -> ExitCode:
    from mweek_contracts.documents import DocumentError
    from mweek_messaging import NotAcknowledgedError

    from mweek.client import Client
    from mweek.errors import (
        ClientError,
        OutcomeTimeoutError,
        UnansweredQuestionError,
        UnansweredRequestError,
        VerdictTimeoutError,
    )

    try:
        async with Client.connect(find_nats_url(nats_url), requested_by=_who(), name="mweek command line") as client:
            return await work(client, terminal)
    except (OutcomeTimeoutError, UnansweredQuestionError, UnansweredRequestError, VerdictTimeoutError) as error:
        terminal.complain(str(error))
        return ExitCode.TIMED_OUT
    except (ClientError, NotAcknowledgedError) as error:
        terminal.complain(str(error))
        return ExitCode.ERROR
    except DocumentError as error:
        return _complain_about_document(terminal, error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read has enough; be quiet at exit
        return ExitCode.OK


def _complain_about_document(terminal: Terminal, error: DocumentError) -> ExitCode:
    from dataclasses import asdict

    terminal.data({"outcome": "invalid", "problems": [asdict(problem) for problem in error.problems]})
    terminal.talk(str(error))
    terminal.complain(f"nothing was done: {counted(len(error.problems), 'problem')} in {error.problems[0].file}")
    return ExitCode.ERROR


def _who() -> str | None:
    """Return who asks, for the record, as far as the machine knows."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return None
