"""Runs processes: offline over files, and on the database in batches, each one transaction."""
