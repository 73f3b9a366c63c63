"""What went between two nodes: read for accounts, and repaired where a message was lost."""
