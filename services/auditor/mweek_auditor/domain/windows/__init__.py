"""The rules of requested windows, written from docs/window-requests.md: one module for each kind of promise."""
