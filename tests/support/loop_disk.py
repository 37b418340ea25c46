"""A small disk of its own: an ext4 image on a loop device, which a test can fill, and whose power it can cut."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.eventually import wait_for

_FILLER = "filler"
_UNMOUNT_SECONDS = 10.0


class LoopDisk:
    """A mounted image. What a process has written and not synced is not in the image, as it is not on a disk."""

    def __init__(self, image: Path, folder: Path) -> None:
        """Take an image and the folder that it is mounted on."""
        self.image = image
        self.folder = folder

    def fill(self, *, leave_bytes: int = 0) -> None:
        """Take all space but so many bytes, as a log that nobody rotates would."""
        with (self.folder / _FILLER).open("wb", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):  # the last blocks and the last bytes, too
                _write_until_full(filler.fileno(), size)
            if leave_bytes:
                filler.truncate(max(0, filler.tell() - leave_bytes))

    def free(self) -> None:
        """Give the space back."""
        (self.folder / _FILLER).unlink(missing_ok=True)

    @contextmanager
    def as_after_a_power_cut(self) -> Iterator[LoopDisk]:
        """Copy what is on the disk now, and give the copy, mounted as after the next boot.

        Nothing is unmounted or synced before. Freeze who writes to the disk, or the copy is of no one instant.
        """
        with _mounted(self.image, _beside(self.image, "cut")) as copy:
            yield copy


@contextmanager
def loop_disk(folder: Path, *, megabytes: int) -> Iterator[LoopDisk]:
    """Give an empty disk whose image lies in `folder`; it is unmounted at the end, whoever still uses it.

    Where nothing may be mounted: raises in CI as root, where every test must run; else skips with the reason.
    """
    folder.mkdir(parents=True, exist_ok=True)
    blank = folder / "blank.img"
    with blank.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", blank], check=True)
    with _mounted(blank, folder / "disk") as disk:
        yield disk


@contextmanager
def _mounted(image: Path, name: Path) -> Iterator[LoopDisk]:
    own = LoopDisk(name.with_suffix(".img"), name)
    shutil.copyfile(image, own.image)
    own.folder.mkdir()
    _mount(own)
    try:
        yield own
    finally:
        _unmount(own)
        own.image.unlink()


def _mount(disk: LoopDisk) -> None:
    done = subprocess.run(["mount", "-o", "loop", disk.image, disk.folder], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    reason = f"no image can be mounted here, so no disk can lose its power or be full ({done.stderr.strip()})"
    if os.environ.get("CI") and os.geteuid() == 0:
        raise PermissionError(reason)
    pytest.skip(f"{reason}: run this test as root")


def _unmount(disk: LoopDisk) -> None:
    def unmounted() -> bool:
        return subprocess.run(["umount", disk.folder], capture_output=True, check=False).returncode == 0

    try:
        wait_for(unmounted, within=_UNMOUNT_SECONDS, every=0.1)
    except AssertionError:
        subprocess.run(["umount", "--lazy", disk.folder], check=True)
        raise


def _write_until_full(descriptor: int, size: int) -> None:
    block = bytes(size)
    try:
        while True:
            os.write(descriptor, block)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _beside(image: Path, word: str) -> Path:
    """Return a name that is free."""
    return next(name for number in range(1, 1_000) if not (name := image.with_name(f"{word}-{number}")).exists())
