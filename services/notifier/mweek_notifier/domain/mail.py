"""A mail as it is handed over: bytes that never change, and the envelope around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """A whole mail. `notice_id` names it wherever a name is needed; `dated_at` is its Date."""

    notice_id: str
    sender: str
    recipient: str
    dated_at: datetime
    content: bytes
