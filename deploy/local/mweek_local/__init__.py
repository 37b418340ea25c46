"""The whole of Maintenance Week on one machine: an embedded nats-server and all services, started as processes.

It imports no service: what it knows of them is their command, their environment variables and their health pages.
"""
