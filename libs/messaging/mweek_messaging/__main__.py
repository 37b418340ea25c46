"""`mweek-streams apply|check`: makes a server's streams match the contracts, or says where they do not."""

from __future__ import annotations


def main() -> int:
    """Run the command; exit code 0 done, 1 drift or error, 2 usage."""
    raise NotImplementedError
