"""Write requirements.lock: every third-party package of every part of the house, pinned with hashes.

Reads the dependencies of all pyproject.toml files, leaves out our own packages, and lets uv resolve them for every
Python from 3.11 on. The lock names no registry, so it installs from whichever one pip is set up for. Three more:
requirements-bench.lock has the peers of the benchmarks as well, which are large and which nobody else needs; those in
deploy/images have what the services need to run, and what building our packages needs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = "mweek"


GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
PEERS = "bench"
DEVELOPMENT = frozenset(GROUPS) - {PEERS}
LOCK = "requirements.lock"
OLDER_FOR_PEERS = "python-dateutil"
"""recurring-ical-events wants one before 3, which is why the benchmarks do not have ours."""


def third_party(groups: Iterable[str], packages: str) -> list[str]:
    """Return the sorted requirement lines of these groups and of the packages of ours that a glob names."""
    found = {line for group in groups for line in GROUPS[group]}
    for file in sorted(ROOT.glob(f"{packages}/pyproject.toml")):
        dependencies = tomllib.loads(file.read_text())["project"]["dependencies"]
        found.update(line for line in dependencies if not line.startswith(OURS))
    return sorted(found)


def resolve(lock: str, requirements: list[str]) -> None:
    """Resolve and write one lock; what it shares with requirements.lock has the same version and the same hashes.

    The one exception is what peers need older.

    Raises:
        CalledProcessError: uv found no solution; it has said why.
    """
    if lock == LOCK:
        _compile(lock, requirements)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".lock") as shared:
        text = (ROOT / LOCK).read_text()
        shared.write(_without(OLDER_FOR_PEERS, text) if PEERS in lock else text)
        shared.flush()
        _compile(lock, [f"-c {shared.name}", *requirements])
        # Its comments name the file that the versions come from.
        (ROOT / lock).write_text((ROOT / lock).read_text().replace(shared.name, LOCK))


def _without(package: str, lock: str) -> str:
    return re.sub(rf"^{package}==.*\n(?: .*\n)*", "", lock, flags=re.MULTILINE)


def _compile(lock: str, lines: list[str]) -> None:
    command = [
        "uv", "pip", "compile", "-", "--universal", "--python-version", "3.11", "--generate-hashes",
        "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock",
        "--output-file", str(ROOT / lock), *sys.argv[1:],
    ]  # fmt: skip
    subprocess.run(command, input="\n".join(lines), text=True, cwd=ROOT, check=True)


def main() -> int:
    """Write all locks."""
    resolve(LOCK, third_party(DEVELOPMENT, "*/*"))
    resolve("requirements-bench.lock", third_party(GROUPS, "*/*"))
    resolve("deploy/images/requirements.lock", third_party((), "[ls]*/*"))
    resolve("deploy/images/requirements-build.lock", third_party(("build",), "nothing"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
