"""How goods declarations are read from and written as tables, CSV (RFC 4180) and XLSX: one row per goods item."""
