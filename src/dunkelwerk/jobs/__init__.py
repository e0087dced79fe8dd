"""Periodic jobs: what must happen by the clock, each alone, each visible, none stopping the others."""
