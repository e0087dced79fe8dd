"""One-time-PIN dialogues: types, letters with PINs, answers, receipts, deadlines (docs/dialogues.md)."""
