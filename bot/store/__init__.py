"""The SQLite store: the only room that imports SQLAlchemy, alembic and sqlite3. Knows the domain and nothing else."""
