"""Who a node is: keys and certificate."""
