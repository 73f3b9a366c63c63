"""Which code do goods described in words have? Ranked with reasons, decided by people (HS Convention, GIR 1 to 6)."""
