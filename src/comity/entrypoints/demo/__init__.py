"""The demonstration: two nodes and a world of trade."""
