"""The inventory's tables: machines, customers, imports that are still coming in, commands that were seen."""
