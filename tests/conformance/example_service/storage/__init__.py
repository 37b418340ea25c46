"""The place where `migrate` looks for a service's migrations."""
