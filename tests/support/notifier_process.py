"""The real notifier in processes of its own, with a maildir unless told otherwise."""

from __future__ import annotations

from pathlib import Path

from tests.support.mailbox import ReadMail, read_maildir
from tests.support.service_process import ServiceProcess


class NotifierProcess(ServiceProcess):
    """One notifier, on a SQLite file unless told otherwise."""

    def __init__(
        self, folder: Path, *, nats_url: str, clock: str, database_url: str | None = None, **environment: str
    ) -> None:
        self._maildir = folder / "mail"
        ours = {
            "MWEEK_CLOCK": clock,
            "MWEEK_NOTIFIER_MAIL_URL": f"maildir:{self._maildir}",
            "MWEEK_NOTIFIER_SENDER": "maintenance@hoster.example",
            "MWEEK_OPERATOR_EMAIL": "noc@hoster.example",
        }
        ours |= environment
        super().__init__("notifier", folder, nats_url=nats_url, environment=ours, database_url=database_url)

    def mails(self) -> list[ReadMail]:
        """Return what lies in the maildir."""
        return read_maildir(self._maildir)
