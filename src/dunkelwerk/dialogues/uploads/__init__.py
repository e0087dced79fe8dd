"""Files that people upload, made safe: docs/uploads.md.

``accepting.accept`` is the whole way: scanned (optional), cleaned in a process of its own, a PDF.
No Django, no database.
"""
