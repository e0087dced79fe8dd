"""Simulation from a printed seed: months of business days of an insurer, with everything that goes wrong in them.

Source: docs/simulation.md. ``python -m tests.simulation --seed 7 --days 100``.
"""
