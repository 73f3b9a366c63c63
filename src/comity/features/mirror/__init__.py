"""What the two countries say about the same goods: pairing exports with imports and finding where they differ."""
