"""Whether goods have the origin that a preference asks for."""
