"""What everything stands on: embedded PostgreSQL, keys, business day, settings, files, texts. Knows no insurance."""
