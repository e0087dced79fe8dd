"""The processes of credit protection: one folder each, the same files each time, found automatically."""
