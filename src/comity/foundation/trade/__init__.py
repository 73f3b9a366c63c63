"""The pure vocabulary of trade: frozen values named after the WCO Data Model, no library but the standard one."""
