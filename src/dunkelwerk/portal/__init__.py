"""What the insured person sees: pages and their way through them. No rules: those are in ``dialogues``."""
