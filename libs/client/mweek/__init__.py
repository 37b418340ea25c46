"""The Python client and the mweek command line."""
