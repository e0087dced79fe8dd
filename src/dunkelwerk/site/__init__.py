"""The web processes: their settings, addresses, and the server. What they show is in ``portal`` and ``api``."""
