"""The dark processes of the line: one folder each."""
