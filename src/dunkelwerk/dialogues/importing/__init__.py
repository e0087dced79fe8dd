"""Importing dialogues from a file, and handing their PINs to the print stream. Source: docs/dialogues.md section 5."""
