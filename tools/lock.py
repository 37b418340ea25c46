"""Write requirements.lock: every third-party package of every part of the house, pinned with hashes.

Reads the dependencies of all pyproject.toml files, leaves out our own packages, and lets uv resolve them for every
Python from 3.11 on. The lock names no registry, so it installs from whichever one pip is set up for.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = "mweek"


def third_party() -> list[str]:
    """Return the sorted requirement lines of all our packages and of the development groups."""
    root = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = {line for group in root["dependency-groups"].values() for line in group}
    for file in sorted(ROOT.glob("*/*/pyproject.toml")):
        dependencies = tomllib.loads(file.read_text())["project"]["dependencies"]
        found.update(line for line in dependencies if not line.startswith(OURS))
    return sorted(found)


def main() -> int:
    """Resolve and write the lock; the exit code is uv's."""
    command = [
        "uv", "pip", "compile", "-", "--universal", "--python-version", "3.11", "--generate-hashes",
        "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock",
        "--output-file", str(ROOT / "requirements.lock"), *sys.argv[1:],
    ]  # fmt: skip
    return subprocess.run(command, input="\n".join(third_party()), text=True, cwd=ROOT).returncode


if __name__ == "__main__":
    raise SystemExit(main())
