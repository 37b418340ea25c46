"""The notifier's tables: what it knows of fleet and weeks, and the ledger of notices."""
