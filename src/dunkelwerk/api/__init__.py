"""The HTTP API (docs/interfaces.md section 3): parse, call one function, answer."""
