"""Folgeattest AU: a follow-up sick note extends the benefit of open illness claims."""
