"""A service that cannot be migrated, for the tests of `migrate`."""
