"""Leistungsmeldung Tod."""
