"""The rules of a maintenance week: `plan`, `diff` and `cancel`, pure functions of their arguments.

No I/O, no clock, no wire format. Of the contracts only the codes of reasons and the reckoning of weeks are used here,
both standard library only, so that planning costs no import beyond it.
"""
