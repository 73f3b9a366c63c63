"""What a node does for its administration; features never import each other."""
