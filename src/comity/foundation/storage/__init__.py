"""How rows are kept, on SQLite and PostgreSQL."""
