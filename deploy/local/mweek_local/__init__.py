"""An embedded nats-server and all services in one command."""
