"""What trade documents say: read them in their formats, check them, keep them (WCO Data Model 42A)."""
