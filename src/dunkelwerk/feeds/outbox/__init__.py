"""The outbox: facts for the core system, written with what they tell of and delivered at least once.

A message is put in the transaction that makes its fact true, sealed, at most one per fact. Deliverers send it to every
target (webhook, folder) with growing waits; what fails too often waits for a person. Source: docs/outbox.md.
"""

from dunkelwerk.feeds.outbox.messages import Figures, erase_delivered, figures, put

__all__ = ["Figures", "erase_delivered", "figures", "put"]
