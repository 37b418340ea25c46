"""Messages recorded in the transaction that changes the state, and what was already processed. Knows no bus."""

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
from mweek_outbox.outgoing import OutgoingMessage, record_many, record_outgoing
from mweek_outbox.streams import StreamPosition, read_position

__all__ = [
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
    "migrate",
    "open_database",
    "read_position",
    "record_many",
    "record_outgoing",
    "require_current_schema",
    "schema_revision",
]
