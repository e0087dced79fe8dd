"""Papers of a dialogue: the request letter with PIN and QR code, its reminder, and the receipt (docs/dialogues.md)."""
