"""All that knows FastStream and JetStream."""
