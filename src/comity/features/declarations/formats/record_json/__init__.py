"""How documents are read from and written as JSON: the canonical record under the name of its kind, one a line."""
