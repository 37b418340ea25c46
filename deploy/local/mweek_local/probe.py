"""Asks health pages whether a process is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from mweek_local.child import Child
from mweek_local.errors import NotReadyError, ProcessDiedError

_BETWEEN_QUESTIONS_SECONDS = 0.05
_ANSWER_SECONDS = 2.0


async def wait_until_ready(child: Child, url: str, seconds: float) -> None:
    """Wait until a page answers 200.

    Raises:
        ProcessDiedError: the process ended instead.
        NotReadyError: it did not answer so within the time.
    """

    def question() -> str:
        return _ask(url)

    answer = await ask_until(child, question, wanted="200", seconds=seconds)
    if answer != "200":
        raise NotReadyError(child.program.name, seconds, child.program.log, f"{url} {answer}")


async def ask_until(child: Child, question: Callable[[], str], *, wanted: str, seconds: float) -> str:
    """Ask again and again, in a thread, until the wanted answer comes or the time is over; return the last answer.

    Raises:
        ProcessDiedError: the process ended.
    """
    until = asyncio.get_running_loop().time() + seconds
    while True:
        answer = await asyncio.to_thread(question)
        if answer == wanted or asyncio.get_running_loop().time() > until:
            return answer
        if not child.running:
            raise ProcessDiedError(child.program.name, await child.ended(), child.program.log, child.last_lines())
        await asyncio.sleep(_BETWEEN_QUESTIONS_SECONDS)


def _ask(url: str) -> str:
    """Return the status and, where it is not 200, what the page says."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", parts.path)
        response = connection.getresponse()
        body = response.read().decode(errors="replace").strip()
        return "200" if response.status == 200 else f"answers {response.status} {body}"
    except (OSError, HTTPException) as error:
        return f"does not answer ({type(error).__name__})"
    finally:
        connection.close()
