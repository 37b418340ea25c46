"""`make bench`: measures everything side by side in one run and writes the results into docs/benchmarks.md.

Each benchmark is a module here with `measure() -> Section`. What it measured stands between two marks of the document;
what is concluded from it is written by people, outside of the marks.
"""

from __future__ import annotations

import importlib
import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.benchmarks.section import Section

BENCHMARKS: Final = ("planning", "quality", "bus", "requests", "calendars", "placement", "optimise")
DOCUMENT: Final = Path(__file__).parents[2] / "docs/benchmarks.md"


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, all without any; 2 when one is unknown."""
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        section: Section = importlib.import_module(f"tests.benchmarks.{name}").measure()
        text = f"{_circumstances(name)}\n\n{section.markdown()}"
        print(text, flush=True)
        DOCUMENT.write_text(replaced(DOCUMENT.read_text(), name, text))
    return 0


def replaced(document: str, name: str, measured: str) -> str:
    """Return the document with what a benchmark measured in its place; raises ValueError where it has none."""
    place = re.compile(rf"(?<=<!-- measured: {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)
    if not place.search(document):
        raise ValueError(f"docs/benchmarks.md has no place for {name}: <!-- measured: {name} --> … <!-- end -->")
    # Once: after an empty place the expression matches a second time, as far as the end of the next benchmark.
    return place.sub(lambda _: f"{measured}\n", document, count=1)


def _circumstances(name: str) -> str:
    load = f"load {os.getloadavg()[0]:.1f} at the end"
    machine = f"{os.cpu_count()} processors, {platform.machine()}, CPython {platform.python_version()}, {load}"
    return f"`make bench BENCH={name}`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {machine}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
