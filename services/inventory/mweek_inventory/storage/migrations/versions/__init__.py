"""One module a step. A released one never changes."""
