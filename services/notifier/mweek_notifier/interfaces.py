"""What the sender asks for: somebody who hands mails over, and somebody who renders them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from mweek_notifier.domain.attempt import Outcome
from mweek_notifier.domain.mail import Mail
from mweek_notifier.domain.notice import Notice


class Delivery(Protocol):
    """A way for mails to leave. Several tasks may use it at once."""

    async def deliver(self, mail: Mail) -> Outcome:
        """Hand a mail over and say what came of it; failures of the other side are outcomes, not exceptions."""

    async def close(self) -> None:
        """Let go of connections."""


Render = Callable[[Notice, str, datetime], bytes]
"""From a notice, its Message-ID and its date to the bytes of the mail."""
