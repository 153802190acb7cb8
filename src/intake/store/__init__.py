"""Tables, migrations and every SQL statement, on SQLite and PostgreSQL alike."""
