"""The database: SQLite on one machine, PostgreSQL for many; both behind the ports of the flows."""
