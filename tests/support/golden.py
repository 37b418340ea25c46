"""Golden files: what was reviewed stays so. `pytest --accept` writes them anew; read the diff before you commit."""

from __future__ import annotations

from pathlib import Path

import pytest


class Golden:
    """Compares with golden files, or writes them."""

    def __init__(self, *, accept: bool) -> None:
        self._accept = accept

    def check(self, file: Path, actual: str) -> None:
        """Fail unless the file holds exactly this text; with `--accept` make it so."""
        if self._accept:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(actual, encoding="utf-8", newline="\n")
            return
        if not file.exists():
            pytest.fail(f"{file} does not exist yet: run this test with --accept and review what it writes")
        assert actual == file.read_text(encoding="utf-8"), f"differs from {file}; if it should, run with --accept"
