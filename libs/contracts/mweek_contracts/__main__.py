"""The command line of the contracts: `python -m mweek_contracts schemas|messages|write|check`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from mweek_contracts.json_schema import FOLDER, schema_files
from mweek_contracts.printing import messages_document


def main(arguments: list[str] | None = None) -> int:
    """Write what is printed from the contracts, or check that it is up to date; return the exit code."""
    chosen = _parser().parse_args(arguments)
    texts: dict[Path, str] = {}
    if chosen.what in ("messages", "write", "check"):
        texts[chosen.document] = messages_document()
    if chosen.what in ("schemas", "write", "check"):
        texts |= schema_files()
    stale = [path for path in FOLDER.glob("*.json") if path not in texts] if chosen.what != "messages" else []
    return _check(texts, stale) if chosen.what == "check" else _write(texts, stale)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mweek_contracts", description=main.__doc__)
    parser.add_argument(
        "what",
        choices=("schemas", "messages", "write", "check"),
        help="schemas: JSON Schemas into the package; messages: docs/messages.md; write: both; check: both are true",
    )
    parser.add_argument(
        "--document", type=Path, default=Path("docs/messages.md"), help="where messages.md is (default: %(default)s)"
    )
    return parser


def _write(texts: Mapping[Path, str], stale: list[Path]) -> int:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in stale:
        path.unlink()
    return 0


def _check(texts: Mapping[Path, str], stale: list[Path]) -> int:
    wrong = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in sorted(wrong + stale):
        print(f"{path} is not what the contracts say: run `make documents` and read the diff", file=sys.stderr)
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())
