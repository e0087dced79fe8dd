"""The letters of the members line: content, templates, samples. Described in docs/letters.md."""
