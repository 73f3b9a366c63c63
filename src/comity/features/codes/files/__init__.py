"""The files code lists are published in: one reader a layout, all into the same entries."""
