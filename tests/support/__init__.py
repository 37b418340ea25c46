"""What tests of all kinds share: real servers, waiting that explains itself, ids that a person can read."""
