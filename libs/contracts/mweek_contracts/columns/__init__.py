"""Reads fleet files as columns where they are plainly right: without a value for each machine, and without pydantic.

It is as strict as `mweek_contracts.documents`, or stricter, and has no word for what is wrong: where anything is out of
the ordinary it answers None, and the file is for the other reader, which takes it or says what it does not like.
"""
