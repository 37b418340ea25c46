"""Answers requests: read, limited, decided many in one transaction, committed, and only then replied to.

`reception` reads them and refuses what needs no database (`rebuffs`: those who ask too often); the rest waits in a
`fair_line`; `deciding` runs handlers for a whole group in one transaction; `answering` is all of it at work.
"""
