"""The database schema, revision by revision; runs by itself at each start."""
