"""Erstnachweis AL."""
