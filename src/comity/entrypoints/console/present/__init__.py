"""What a page shows: pure functions from the flows' values to values a template prints."""
