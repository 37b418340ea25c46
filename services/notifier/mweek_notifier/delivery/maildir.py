"""Puts mails into a maildir: written to tmp, then moved to new in one step. A repeat replaces its first copy."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from mweek_notifier.domain.attempt import Answer, Outcome
from mweek_notifier.domain.mail import Mail


class Maildir:
    """A maildir that a mail reader may read at the same time."""

    def __init__(self, path: Path) -> None:
        """Keep the path; its folders are made with the first mail."""
        self._path = path

    async def deliver(self, mail: Mail) -> Outcome:
        """Store a mail durably; a full or forbidden disk is no fault of the mail."""
        try:
            stored = await asyncio.to_thread(self._store, mail)
        except OSError as error:
            return Outcome.of(Answer.AWAY, f"maildir {self._path}: {error.strerror or error}")
        return Outcome.of(Answer.ACCEPTED, f"stored as {stored}")

    async def close(self) -> None:
        """Nothing is held."""

    def _store(self, mail: Mail) -> Path:
        # The name is made of what a repeat has too, and sorts by date.
        name = f"{int(mail.dated_at.timestamp())}.{mail.notice_id}.mweek"
        written, stored = self._path / "tmp" / name, self._path / "new" / name
        try:
            with self._opened(written) as file:
                file.write(mail.content)
                file.flush()
                os.fsync(file.fileno())
            written.replace(stored)
        except OSError:
            with suppress(OSError):  # half a mail would take up the room that is missing
                written.unlink(missing_ok=True)
            raise
        _sync_folder(stored.parent)
        return stored

    def _opened(self, path: Path) -> BinaryIO:
        try:
            return path.open("wb")
        except FileNotFoundError:
            for folder in ("tmp", "new", "cur"):
                (self._path / folder).mkdir(parents=True, exist_ok=True)
            return path.open("wb")


def _sync_folder(path: Path) -> None:
    """Make the new name survive a power cut."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
