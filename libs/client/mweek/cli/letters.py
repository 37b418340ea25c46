"""What `mweek dead list`, `replay` and `drop` do and show."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.table import Table

from mweek.cli.counting import counted
from mweek.cli.exits import ExitCode
from mweek.cli.plan_json import Json
from mweek.cli.terminal import Terminal
from mweek.cli.times import instant
from mweek.client import Client
from mweek.dead import DeadLetter, Replay


async def list_letters(client: Client, terminal: Terminal) -> ExitCode:
    """List the dead letters."""
    letters = await client.dead_letters()
    terminal.data({"dead_letters": [_json(letter) for letter in letters]})
    if not letters:
        terminal.show("No dead letters.")
        return ExitCode.OK
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("NUMBER", justify="right", no_wrap=True)
    table.add_column("SINCE", no_wrap=True)
    table.add_column("SERVICE", no_wrap=True)
    table.add_column("TRIES", justify="right")
    table.add_column("SUBJECT AND REASON", overflow="fold")
    for one in letters:
        what = f"{one.letter.original_subject}\n{one.letter.reason}"
        table.add_row(str(one.number), instant(one.stored_at), one.letter.service, str(one.letter.attempts), what)
    total = counted(len(letters), "dead letter")
    terminal.show(Padding(table, (0, 0, 0, 2)), "", f"{total}. To try one again: mweek dead replay NUMBER")
    return ExitCode.OK


async def replay(client: Client, terminal: Terminal, numbers: Sequence[int] | None) -> ExitCode:
    """Replay some, or all that there are now."""
    done: list[Json] = []
    for number in numbers or [letter.number for letter in await client.dead_letters()]:
        outcome = await client.replay_dead_letter(number)
        said = "sent again" if outcome is Replay.SENT else "dropped: a newer record of its subject was delivered"
        terminal.show(f"{number}: {said}")
        done.append({"number": number, "outcome": outcome.value})
    terminal.data({"replayed": done})
    return ExitCode.OK


async def drop(client: Client, terminal: Terminal, numbers: Sequence[int] | None) -> ExitCode:
    """Drop some, or all that there are now."""
    chosen = list(numbers or [letter.number for letter in await client.dead_letters()])
    for number in chosen:
        await client.drop_dead_letter(number)
    terminal.show(f"{counted(len(chosen), 'dead letter')} dropped.")
    terminal.data({"dropped": chosen})
    return ExitCode.OK


def _json(one: DeadLetter) -> Json:
    stored_at = one.stored_at.isoformat().replace("+00:00", "Z")
    return {"number": one.number, "stored_at": stored_at, **one.letter.model_dump(mode="json")}
