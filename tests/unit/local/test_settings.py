"""What a house tells its services: addresses of its own, and what the environment has chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mweek_local.clock import shared_clock
from mweek_local.errors import HouseError
from mweek_local.places import Places
from mweek_local.server import Addresses, read_addresses, write_configuration
from mweek_local.services import ServiceAddress, environment_of

from tests.support.ids import at

PLANNER = ServiceAddress(service="planner", port=40124)
BUS = "nats://127.0.0.1:40123"


def environment(**outer: str) -> dict[str, str]:
    return environment_of(PLANNER, places=Places.under(Path("/srv/var")), nats_url=BUS, outer=outer)


def test_service_gets_the_bus_its_port_and_a_database_of_its_own() -> None:
    told = environment()

    assert told["MWEEK_NATS_URL"] == BUS
    assert told["MWEEK_PLANNER_HTTP_PORT"] == "40124"
    assert told["MWEEK_PLANNER_DATABASE_URL"] == "sqlite:////srv/var/planner.sqlite3"


def test_notices_lie_in_a_maildir_unless_a_server_is_named() -> None:
    assert environment()["MWEEK_NOTIFIER_MAIL_URL"] == "maildir:/srv/var/mail"
    assert environment(MWEEK_NOTIFIER_MAIL_URL="smtp://mx:25")["MWEEK_NOTIFIER_MAIL_URL"] == "smtp://mx:25"


def test_environment_may_choose_the_database_but_not_the_bus() -> None:
    told = environment(MWEEK_PLANNER_DATABASE_URL="postgresql://db/planner", MWEEK_NATS_URL="nats://elsewhere")

    assert told["MWEEK_PLANNER_DATABASE_URL"] == "postgresql://db/planner"
    assert told["MWEEK_NATS_URL"] == BUS


def test_empty_setting_is_no_choice() -> None:
    assert environment(MWEEK_PLANNER_DATABASE_URL="")["MWEEK_PLANNER_DATABASE_URL"].startswith("sqlite:")


def test_accelerated_clock_is_counted_from_one_instant_for_all_services() -> None:
    now = at("2026-03-01T10:15:30.25Z")

    assert shared_clock("2026-11-23T08:00Z,x3600", real_now=now) == (
        "2026-11-23T08:00Z,x3600,from=2026-03-01T10:15:30.250000Z"
    )


def test_clock_of_the_system_and_one_with_an_origin_stay_as_they_are() -> None:
    now = at("2026-03-01T10:15Z")

    assert shared_clock("", real_now=now) == ""
    given = "2026-11-23T08:00Z,from=2026-03-01T10:00Z"
    assert shared_clock(given, real_now=now) == given


def test_clock_that_is_none_keeps_the_house_from_starting() -> None:
    with pytest.raises(HouseError, match="is not a clock"):
        shared_clock("tomorrow", real_now=at("2026-03-01T10:15Z"))


def test_server_takes_any_ports_first_and_the_same_ones_again(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    places.make()

    first = write_configuration(places, None).read_text()
    again = write_configuration(places, Addresses(40123, 40124)).read_text()

    assert "port: -1\n" in first
    assert "port: 40123\n" in again
    assert 'http: "127.0.0.1:40124"\n' in again
    assert "sync_interval: always\n" in again


def test_addresses_are_unknown_until_the_server_has_said_them_whole(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    places.make()
    said = places.nats / "nats-server_77.ports"
    whole = json.dumps({"nats": ["nats://127.0.0.1:4222"], "monitoring": ["http://127.0.0.1:8222"]})

    assert read_addresses(places, 77) is None
    said.write_text(whole[:20])
    assert read_addresses(places, 77) is None
    said.write_text(whole)
    assert read_addresses(places, 77) == Addresses(4222, 8222)


def test_addresses_of_a_server_that_was_killed_are_forgotten(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    places.make()
    (places.nats / "nats-server_77.ports").write_text("{}")

    write_configuration(places, None)

    assert list(places.nats.glob("*.ports")) == []
