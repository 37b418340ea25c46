"""What may be known of machines and customers, and what an import changes in it. No I/O, no wire format."""
