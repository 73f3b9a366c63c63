"""Keys that change and members that leave, while the exchange goes on."""
