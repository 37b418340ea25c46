"""The auditor's rows and their queries."""
