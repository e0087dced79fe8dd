"""Folgenachweis AL."""
