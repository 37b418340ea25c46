"""A Docker engine and the images that container tests run: pulled where a registry answers, else built here."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import docker
import docker.errors
import pytest

from tests.support.nats_server import nats_server_binary

REPOSITORY: Final = Path(__file__).parents[2]
_RECIPES: Final = REPOSITORY / "tests/containers/images"
_PYTHON: Final = "python:3.13-slim-bookworm"
_NATS: Final = "nats:2.15"
_POSTGRES: Final = "postgres:17"
_DEBIAN: Final = "mweek-test/debian:bookworm"
_CERTIFICATES: Final = "etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True, slots=True)
class Images:
    """Names of images that the engine has: the services', a nats-server's and a PostgreSQL's."""

    mweek: str
    nats: str
    postgres: str


class Engine:
    """A running Docker engine."""

    def __init__(self, client: docker.DockerClient) -> None:
        self._client = client

    def images(self) -> Images:
        """Return the images; the services' is always built from this tree, as its README says."""
        python = self._pulled(_PYTHON) or self._debian()
        return Images(
            mweek=self._built("mweek-test/mweek", REPOSITORY, REPOSITORY / "deploy/images/Dockerfile", base=python),
            nats=self._pulled(_NATS) or self._nats(),
            postgres=self._pulled(_POSTGRES) or self._postgres(),
        )

    def _pulled(self, image: str) -> str | None:
        try:
            self._client.images.pull(image)
        except docker.errors.APIError:  # no registry here, or none that has it
            return None
        return image

    def _debian(self) -> str:
        """Return a Debian with Python, from packages alone, which trusts and asks whom this machine does."""
        if self._has(_DEBIAN):
            return _DEBIAN
        if shutil.which("debootstrap") is None:
            raise FileNotFoundError(f"{_PYTHON} cannot be pulled, and debootstrap is not installed to build one")
        with tempfile.TemporaryDirectory(prefix="mweek-debian-") as folder:
            root = Path(folder) / "root"
            packages = "python3,python3-venv,ca-certificates"
            _run("debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(root))
            for file in (_CERTIFICATES, "etc/pip.conf"):
                if Path("/", file).exists():
                    shutil.copy(Path("/", file), root / file)
            archive = Path(folder) / "root.tar"
            _run("tar", "-C", str(root), "-cf", str(archive), ".")
            _run("docker", "import", str(archive), _DEBIAN)
        return _DEBIAN

    def _nats(self) -> str:
        with tempfile.TemporaryDirectory(prefix="mweek-nats-") as folder:
            shutil.copy(nats_server_binary(), Path(folder) / "nats-server")
            return self._built("mweek-test/nats", Path(folder), _RECIPES / "nats.Dockerfile")

    def _postgres(self) -> str:
        recipe = _RECIPES / "postgres.Dockerfile"
        return self._built("mweek-test/postgres", _RECIPES, recipe, base=self._debian())

    def _built(self, name: str, context: Path, recipe: Path, *, base: str | None = None) -> str:
        # The host's network and not the engine's: package registries may be reached from the host alone.
        arguments = ["--build-arg", f"BASE={base}"] if base else []
        _run("docker", "build", "--network", "host", *arguments, "-f", str(recipe), "-t", name, str(context))
        return name

    def _has(self, image: str) -> bool:
        return bool(self._client.images.list(name=image))


def running_engine() -> Engine:
    """Return the engine of this machine.

    Where none answers: raises in CI, where every test must run; skips on a laptop, with the reason.
    """
    try:
        return Engine(docker.from_env())
    except docker.errors.DockerException as error:
        reason = f"no Docker engine answers, no test ran in containers: {error}"
        if os.environ.get("CI"):
            raise RuntimeError(reason) from error
        pytest.skip(reason)


def compose_command() -> Sequence[str]:
    """Return how Docker Compose is called here: as a plugin of docker, or as the program of old.

    Where it is missing: raises in CI, skips on a laptop.
    """
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True).returncode == 0:
            return command
    reason = "Docker Compose is not installed (Debian: apt install docker-compose)"
    if os.environ.get("CI"):
        raise FileNotFoundError(reason)
    pytest.skip(reason)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        )
