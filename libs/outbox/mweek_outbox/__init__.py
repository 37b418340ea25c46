"""Messages recorded in the transaction that changes the state."""
