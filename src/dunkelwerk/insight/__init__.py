"""Figures about what the processes did, and single cases told as a person would want to read them."""
