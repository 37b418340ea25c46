"""Pattern files that are wrong, each with the errors that it gets. `pytest --accept` writes the errors anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from mweek_contracts.documents import DocumentError, read_pattern

from tests.support.golden import Golden

FOLDER = Path(__file__).parent / "patterns"
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".expected")


@pytest.mark.parametrize("name", FILES)
def test_wrong_pattern_gets_its_errors(name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them at once, each with its line; nothing but a DocumentError leaves the reader."""
    monkeypatch.chdir(FOLDER)
    with pytest.raises(DocumentError) as caught:
        read_pattern(name)
    golden.check(FOLDER / f"{name}.expected", f"{caught.value}\n")


def test_corpus_is_as_large_as_promised() -> None:
    """At least 15 files."""
    assert len(FILES) >= 15
