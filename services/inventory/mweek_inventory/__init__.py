"""Owns what is known of machines and customers."""
