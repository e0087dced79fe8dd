"""Migrations of the register of members."""
