"""How UN/EDIFACT interchanges are read and written: syntax (ISO 9735), message structures, mapping to trade values."""
