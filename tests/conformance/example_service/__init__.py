"""A service that consists of its migrations, for the tests of `migrate`."""
