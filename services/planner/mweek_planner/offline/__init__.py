"""Planning from files, without a bus or a database, and where the files are plainly right without pydantic and YAML.

Import from the modules: `documents` and `history` bring what the others are there to do without.
"""
