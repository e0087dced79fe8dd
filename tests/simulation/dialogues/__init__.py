"""Simulation of dialogues from a printed seed: letters with PINs, people who answer, the desk, the clock, kills.

Source: docs/simulation.md. ``python -m tests.simulation.dialogues --seed 7 --days 40``.
"""
