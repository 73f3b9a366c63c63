"""How goods declarations are read from and written as WCO Data Model 3.6 XML, as the UK CDS publishes it."""
