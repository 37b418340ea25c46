"""Finds the NATS server that a command is meant for."""

from __future__ import annotations

import json
from pathlib import Path

from mweek.errors import ClientError

RUN_FILE = Path("var/run.json")


class NoAddressError(ClientError):
    """Nobody said where the bus is."""

    def __init__(self) -> None:
        """Name the three ways to say it."""
        super().__init__(
            f"no NATS server is known: there is no {RUN_FILE} here. Start one with `mweek up` in this folder, "
            "or give --nats-url or MWEEK_NATS_URL"
        )


def find_nats_url(given: str | None, run_file: Path = RUN_FILE) -> str:
    """Return the URL that was given, else that of the house that is up in this folder.

    Raises:
        NoAddressError: neither.
        ClientError: the file is not one that `mweek up` writes.
    """
    if given:
        return given
    try:
        return str(json.loads(run_file.read_text(encoding="utf-8"))["nats_url"])
    except FileNotFoundError:
        raise NoAddressError from None
    except (ValueError, KeyError, TypeError):
        raise ClientError(f"{run_file} names no nats_url; start the house again with `mweek up`") from None
