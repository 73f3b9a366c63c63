"""Which of a million exports and imports are the same goods? Blocks, learned weights and an assignment, in DuckDB."""
