"""Erstattest AU."""
