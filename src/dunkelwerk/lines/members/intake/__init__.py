"""Members' case files into the register: ``dunkelwerk load``. A line is taken over whole or not at all.

Master data are the core system's: what it says now holds. Tax IDs and mandates that were recorded here are ours: what
a line does not know of yet stays, and a line that contradicts it is refused as older.
"""

from dunkelwerk.lines.members.intake.loading import Totals, load_files

__all__ = ["Totals", "load_files"]
