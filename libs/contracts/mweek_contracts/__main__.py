"""The command line of the contracts: `python -m mweek_contracts schemas|messages|patterns|write|check`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from pprint import pformat
from typing import Final

from mweek_contracts.documents import built_in_pattern, built_in_patterns
from mweek_contracts.json_schema import FOLDER, schema_files
from mweek_contracts.printing import messages_document

PATTERNS: Final = Path(__file__).parent / "patterns"
_PLAIN_PATTERNS: Final = """\
\"\"\"The built-in patterns as plain values: `make documents` writes them from the YAML files.\"\"\"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# fmt: off
PLAIN: Final[Mapping[str, Mapping[str, Any]]] = \\
"""


def main(arguments: list[str] | None = None) -> int:
    """Write what is printed from the contracts, or check that it is up to date; return the exit code."""
    chosen = _parser().parse_args(arguments)
    texts: dict[Path, str] = {}
    if chosen.what in ("messages", "write", "check"):
        texts[chosen.document] = messages_document()
    if chosen.what in ("schemas", "write", "check"):
        texts |= schema_files()
    if chosen.what in ("patterns", "write", "check"):
        texts |= pattern_files()
    schemas = chosen.what in ("schemas", "write", "check")
    stale = [path for path in FOLDER.glob("*.json") if path not in texts] if schemas else []
    return _check(texts, stale) if chosen.what == "check" else _write(texts, stale)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mweek_contracts", description=main.__doc__)
    parser.add_argument(
        "what",
        choices=("schemas", "messages", "patterns", "write", "check"),
        help="schemas: JSON Schemas into the package; messages: docs/messages.md; patterns: built-in patterns as "
        "values; write: all of these; check: all are true",
    )
    parser.add_argument(
        "--document", type=Path, default=Path("docs/messages.md"), help="where messages.md is (default: %(default)s)"
    )
    return parser


def pattern_files() -> dict[Path, str]:
    """Return the built-in patterns as a module: the only form that can be read without importing something for it."""
    patterns = {name: built_in_pattern(name) for name in built_in_patterns()}
    values = {name: p.model_dump(mode="json", exclude_none=True) for name, p in patterns.items() if p is not None}
    return {PATTERNS / "plain.py": _PLAIN_PATTERNS + pformat(values, indent=1, width=118, sort_dicts=False) + "\n"}


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
