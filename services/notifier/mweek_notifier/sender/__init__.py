"""Takes notices that are due out of the ledger, hands them over, and writes down what came of it."""

from mweek_notifier.sender.bookkeeping import Bookkeeping
from mweek_notifier.sender.loop import Sender

__all__ = ["Bookkeeping", "Sender"]
