"""The rules of weeks (`plan`, `diff`, `cancel`) and, in `requests`, of window requests: pure functions.

No I/O, no clock, no wire format. Of the contracts only the codes of reasons, the reckoning of weeks and the defaults of
customers are used here, all standard library only, so that planning costs no import beyond it.
"""
