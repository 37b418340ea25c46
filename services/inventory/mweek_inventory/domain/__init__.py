"""What may be known of machines, customers and policies, and what an import changes in it. No I/O, no wire format."""
