"""Who is told what, and what follows from each attempt to send it: rules only, no I/O."""
