"""Answers requests: read, limited, decided many in one transaction, committed, and only then replied to.

`reception` reads them and refuses at once what needs no database; `waiting_requests` keeps the rest in a fair order;
`deciding` runs handlers for a whole group in one transaction; `answering` is all of it at work in one service.
"""
