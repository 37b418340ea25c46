"""Write requirements.lock: every third-party package of every part of the house, pinned with hashes.

Reads the dependencies of all pyproject.toml files, leaves out our own packages, and lets uv resolve them for every
Python from 3.11 on. The lock names no registry, so it installs from whichever one pip is set up for. A second lock,
requirements-bench.lock, has the peers of the benchmarks as well, which are large and which nobody else needs.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = "mweek"


PEERS = "bench"


def third_party(*, peers: bool) -> list[str]:
    """Return the sorted requirement lines of all our packages and of the development groups."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    found = {line for name, group in groups.items() if peers or name != PEERS for line in group}
    for file in sorted(ROOT.glob("*/*/pyproject.toml")):
        dependencies = tomllib.loads(file.read_text())["project"]["dependencies"]
        found.update(line for line in dependencies if not line.startswith(OURS))
    return sorted(found)


def resolve(lock: str, requirements: list[str]) -> int:
    """Resolve and write one lock; the exit code is uv's."""
    command = [
        "uv", "pip", "compile", "-", "--universal", "--python-version", "3.11", "--generate-hashes",
        "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock",
        "--output-file", str(ROOT / lock), *sys.argv[1:],
    ]  # fmt: skip
    return subprocess.run(command, input="\n".join(requirements), text=True, cwd=ROOT).returncode


def main() -> int:
    """Write both locks; what they share has the same versions."""
    code = resolve("requirements.lock", third_party(peers=False))
    return code or resolve("requirements-bench.lock", ["-c requirements.lock", *third_party(peers=True)])


if __name__ == "__main__":
    raise SystemExit(main())
