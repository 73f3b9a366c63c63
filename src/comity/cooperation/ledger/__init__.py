"""What can be proved: the node's own append-only log."""
