"""Questions to the database, one module a subject; they return plain data."""
