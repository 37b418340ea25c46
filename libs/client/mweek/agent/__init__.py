"""The agent of one machine: finds what is to be done, requests a window, does it in there, and leaves.

`deciding`, `staying`, `learning` and the values of `state`, `tasks` and `steps` decide what comes next and do nothing;
`agent` carries it out on a `host` (activities, hooks, reboots), a `bus` and a `state_file`.
"""
