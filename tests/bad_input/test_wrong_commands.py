"""Bodies of commands that are wrong, each with the errors that it gets. `pytest --accept` writes the errors anew.

The folder is the command: `schedule-week/empty.json` comes on `cmd.rzob.schedule-week.v1`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from mweek_contracts.reading import UnreadableMessageError, read_message

from tests.support.golden import Golden

FOLDER = Path(__file__).parent / "commands"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*.json"))


@pytest.mark.parametrize("name", FILES)
def test_wrong_command_gets_its_errors(name: str, golden: Golden) -> None:
    """Nothing but an UnreadableMessageError leaves the reader: it goes to the dead letters with these sentences."""
    file = FOLDER / name
    with pytest.raises(UnreadableMessageError) as caught:
        read_message(f"cmd.rzob.{file.parent.name}.v1", file.read_bytes())
    lines = [f"{problem.place}: {problem.text}".removeprefix(": ") for problem in caught.value.problems]
    golden.check(file.with_name(f"{file.name}.expected"), "\n".join(lines) + "\n")


def test_corpus_is_as_large_as_promised() -> None:
    """At least 15 bodies, of each command that a person writes."""
    assert len(FILES) >= 15
    assert {Path(name).parent.name for name in FILES} == {"schedule-week", "cancel-week", "put-records"}
