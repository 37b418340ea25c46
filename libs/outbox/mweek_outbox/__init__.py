"""Messages recorded in the transaction that changes the state, and what was already processed. Knows no bus."""

from mweek_outbox.answered import AnsweredRequest, forget_answered, read_answered, remember_answered
from mweek_outbox.bulk import execute_many
from mweek_outbox.columns import UtcDateTime
from mweek_outbox.database import Database, ExclusiveRole, open_database
from mweek_outbox.durability import durability_risks
from mweek_outbox.inbox import ConflictingMessageError, Inbox
from mweek_outbox.migrations import (
    SchemaOutOfDateError,
    SchemaTooNewError,
    migrate,
    require_current_schema,
    schema_revision,
)
from mweek_outbox.outgoing import OutgoingMessage, gathering, record_many, record_outgoing
from mweek_outbox.streams import StreamPosition, read_position

__all__ = [
    "AnsweredRequest",
    "ConflictingMessageError",
    "Database",
    "ExclusiveRole",
    "Inbox",
    "OutgoingMessage",
    "SchemaOutOfDateError",
    "SchemaTooNewError",
    "StreamPosition",
    "UtcDateTime",
    "durability_risks",
    "execute_many",
    "forget_answered",
    "gathering",
    "migrate",
    "open_database",
    "read_answered",
    "read_position",
    "record_many",
    "record_outgoing",
    "remember_answered",
    "require_current_schema",
    "schema_revision",
]
