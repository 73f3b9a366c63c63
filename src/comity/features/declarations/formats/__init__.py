"""Which formats trade documents come in: one package each, reading into and writing from the canonical value."""
