"""The pure core, for any line of business: no database, no clock, no settings, no randomness."""
