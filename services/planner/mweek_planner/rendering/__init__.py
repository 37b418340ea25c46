"""A planned week as text: JSON and CSV for programs, a table for people. The same plan gives the same bytes."""
