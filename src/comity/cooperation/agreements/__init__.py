"""What may leave, to whom and for what."""
