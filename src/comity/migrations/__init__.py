"""Which schema the database has: Alembic migrations, the same on SQLite and PostgreSQL."""
