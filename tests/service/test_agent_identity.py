"""`mweek agent` proves to a real server that it is its machine, with an nkey or credentials, and says what fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from mweek.errors import ClientError
from mweek.identity import Identity
from mweek_contracts.request_codes import LeaveResult

from tests.support.agent_machine import AgentMachine
from tests.support.fake_planner import FakePlanner, answering
from tests.support.nats_server import NatsServer
from tests.support.nats_trust import Key, Operator, new_account, new_user


@pytest.fixture
def keys() -> dict[str, Key]:
    return {"planner": new_user(), "machine": new_user(), "stranger": new_user()}


@pytest.fixture
async def nkey_server(keys: dict[str, Key], tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A server that knows a planner, and a machine that may only ask for itself."""
    users = (
        f"authorization {{ users: [ {{ nkey: {keys['planner'].public} }}, {{ nkey: {keys['machine'].public}, "
        'permissions: { publish: "req.rzob.acme03.>", subscribe: "_INBOX_acme03.>" } } ] }'
    )
    server = NatsServer(tmp_path / "nkeys", more_config=users).start()
    yield server
    server.stop()


@pytest.fixture
async def operator_server(tmp_path: Path) -> AsyncIterator[tuple[NatsServer, Operator]]:
    operator = Operator()
    server = NatsServer(tmp_path / "operator", more_config=operator.config, jetstream=False).start()
    yield server, operator
    server.stop()


def written(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


async def test_machine_with_its_nkey_gets_its_window_and_hears_its_own_inbox_only(
    nkey_server: NatsServer, keys: dict[str, Key], tmp_path: Path
) -> None:
    machine, planner = AgentMachine(tmp_path, nkey_server.url), FakePlanner()
    machine.activity("10-firmware", "true")
    seed = written(tmp_path / "seed", keys["machine"].seed + b"\n")
    bus = await nats.connect(nkey_server.url, nkeys_seed_str=keys["planner"].seed.decode())
    async with answering(bus, planner):
        typed = await machine.agent("--nkey", seed, "--inbox-prefix", "_INBOX_acme03")

    assert (typed.exit_code, typed.out) == (0, "Nothing to do. The last window was left with done.\n")
    assert [one.result for one in planner.left] == [LeaveResult.DONE]


async def test_server_that_does_not_know_the_key_lets_nobody_in(
    nkey_server: NatsServer, keys: dict[str, Key], tmp_path: Path
) -> None:
    machine = AgentMachine(tmp_path, nkey_server.url)
    machine.activity("10-firmware", "true")
    stranger = await machine.agent("--nkey", written(tmp_path / "seed", keys["stranger"].seed))
    nobody = await machine.agent()

    for typed in (stranger, nobody):
        assert typed.exit_code == 12
        assert "authorization" in typed.err.lower()
    assert machine.ran == []


async def test_machine_with_credentials_gets_its_window_from_a_server_with_an_operator(
    operator_server: tuple[NatsServer, Operator], tmp_path: Path
) -> None:
    server, operator = operator_server
    machine, planner = AgentMachine(tmp_path, server.url), FakePlanner()
    machine.activity("10-firmware", "true")
    creds = written(tmp_path / "acme03.creds", operator.credentials(new_user(), "acme03"))
    bus = await nats.connect(
        server.url, user_credentials=written(tmp_path / "planner.creds", operator.credentials(new_user(), "planner"))
    )
    async with answering(bus, planner):
        typed = await machine.agent("--creds", creds)

    assert (typed.exit_code, typed.out) == (0, "Nothing to do. The last window was left with done.\n")
    assert [one.result for one in planner.left] == [LeaveResult.DONE]


async def test_credentials_of_another_operator_are_refused_by_the_server(
    operator_server: tuple[NatsServer, Operator], tmp_path: Path
) -> None:
    machine = AgentMachine(tmp_path, operator_server[0].url)
    machine.activity("10-firmware", "true")
    typed = await machine.agent("--creds", written(tmp_path / "c", Operator().credentials(new_user(), "acme03")))

    assert typed.exit_code == 12
    assert "authorization" in typed.err.lower()


CREDENTIALS = Operator().credentials(new_user(), "acme03")
SEED = new_user().seed.decode()


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("creds", "", "holds no credentials, a JWT and a seed"),
        ("creds", SEED, "holds no credentials"),
        ("creds", CREDENTIALS.partition("-----BEGIN USER NKEY")[0], "holds no credentials"),
        ("creds", CREDENTIALS.replace("\n", "\r\n"), "holds no credentials"),
        ("creds", CREDENTIALS.replace("\nSU", "\nSA"), "its seed is none of a user"),
        ("creds", b"\xff\xfe\x00", "holds no credentials"),
        ("nkey", "", "holds no seed of an nkey"),
        ("nkey", CREDENTIALS, "holds no seed of an nkey"),
        ("nkey", new_user().public, "holds no seed of an nkey"),
        ("nkey", SEED[:40], "its seed is cut, or mistyped"),
        ("nkey", new_account().seed.decode(), "its seed is none of a user, which begins with SU"),
    ],
    ids=map(str, range(1, 12)),  # seeds and keys are new in each process
)
def test_file_that_proves_nothing_is_named_and_not_quoted(
    option: str, content: str | bytes, said: str, tmp_path: Path
) -> None:
    path = Path(written(tmp_path / "identity", content))
    with pytest.raises(ClientError) as raised:
        Identity(**{option: path}).options()
    assert str(raised.value).startswith(f"{path}: {said}")
    assert SEED[2:20] not in str(raised.value)


def test_folder_is_no_identity_and_two_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="cannot be read: Is a directory"):
        Identity(creds=tmp_path).options()
    with pytest.raises(ClientError, match="one of them says who connects, not both"):
        Identity(creds=tmp_path, nkey=tmp_path).options()


async def test_agent_with_a_file_that_proves_nothing_says_so_and_does_not_begin(tmp_path: Path) -> None:
    machine = AgentMachine(tmp_path, "nats://127.0.0.1:1")
    typed = await machine.agent("--nkey", written(tmp_path / "seed", "S"))
    assert (typed.exit_code, typed.out) == (1, "")
    assert "holds no seed of an nkey" in typed.err
