"""Prints the catalogue for people: docs/messages.md."""

from mweek_contracts.printing.document import messages_document

__all__ = ["messages_document"]
