"""Who the mails are from, and who answers questions about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The sender of all mails, and the operator's address, which gets the replies."""

    sender_name: str
    sender_email: str
    operator_email: str

    @property
    def domain(self) -> str:
        """The domain of the sender: Message-IDs and calendar UIDs belong to it."""
        return self.sender_email.rpartition("@")[2].lower()
