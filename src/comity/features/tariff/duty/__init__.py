"""Which charges an item owes, and by which arithmetic."""
