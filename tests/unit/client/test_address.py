"""A command finds the bus by what it is told, else by the house that is up in this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from mweek.cli.address import NoAddressError, find_nats_url
from mweek.errors import ClientError


def test_given_address_wins(tmp_path: Path) -> None:
    run_file = tmp_path / "run.json"
    run_file.write_text('{"nats_url": "nats://127.0.0.1:1"}')

    assert find_nats_url("nats://bus:4222", run_file) == "nats://bus:4222"


def test_house_that_is_up_says_where_it_is(tmp_path: Path) -> None:
    run_file = tmp_path / "run.json"
    run_file.write_text('{"nats_url": "nats://127.0.0.1:40123"}')

    assert find_nats_url(None, run_file) == "nats://127.0.0.1:40123"


def test_without_a_house_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoAddressError, match=r"mweek up.*--nats-url or MWEEK_NATS_URL"):
        find_nats_url(None, tmp_path / "run.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_file_that_names_no_address_is_refused(tmp_path: Path, text: str) -> None:
    run_file = tmp_path / "run.json"
    run_file.write_text(text)

    with pytest.raises(ClientError, match="names no nats_url"):
        find_nats_url(None, run_file)
