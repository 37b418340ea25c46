"""The frame that every service hangs in: what its settings share, and how it is run, migrated and described.

Import from the modules: `command` costs nothing, so that a service's offline commands start at once; `bootstrap` and
`settings` bring the bus, the database and pydantic with them.
"""
