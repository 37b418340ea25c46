"""Damages the store of a nats-server that does not run, as disks and people do."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.nats_server import NatsServer


def keep_copy(server: NatsServer, where: Path) -> Path:
    """Copy the store, to be put back later; the server must not run."""
    shutil.copytree(server.store, where)
    return where


def put_back(server: NatsServer, copy: Path) -> None:
    """Replace the store by an older copy of it."""
    server.wipe_store()
    shutil.copytree(copy, server.store)


def flip_a_bit(server: NatsServer, stream: str, *, at: float) -> None:
    """Flip one bit of a stream's last block, at a part of its length such as 0.5."""
    block = _last_block(server, stream)
    content = bytearray(block.read_bytes())
    content[int(len(content) * at)] ^= 0b100
    block.write_bytes(content)


def truncate(server: NatsServer, stream: str, *, to: float) -> None:
    """Cut a stream's last block to a part of its length."""
    block = _last_block(server, stream)
    content = block.read_bytes()
    block.write_bytes(content[: int(len(content) * to)])


def forget_index(server: NatsServer, stream: str) -> None:
    """Remove the index, so that the server reads the blocks themselves, as after a crash."""
    for index in _messages_of(server, stream).glob("*.db"):
        index.unlink()


def _last_block(server: NatsServer, stream: str) -> Path:
    return max(_messages_of(server, stream).glob("*.blk"), key=lambda path: int(path.stem))


def _messages_of(server: NatsServer, stream: str) -> Path:
    [folder] = server.store.glob(f"jetstream/*/streams/{stream}/msgs")
    return folder
