"""How messages travel between nodes, in order and provably."""
