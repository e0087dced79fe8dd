"""Files on their way in: as the portal takes them, and those of the API only where documents go, with a valid token."""

from __future__ import annotations

from django.db import Error
from django.http import HttpRequest

from dunkelwerk.api import tokens
from dunkelwerk.infra.businessday import now
from dunkelwerk.portal.receiving import InMemory

API = "/api/"
#: the only address of the API that takes files, and what its token must allow
DOCUMENTS = "/api/v1/documents"
SCOPE = "documents:write"
BEARER = "bearer"


class Receiving(InMemory):
    """Keeps nothing of strangers: a form is read before a page or route asks who sent it."""

    def is_known(self) -> bool:
        """Whether somebody is logged in, or a token may send documents to where they are taken."""
        path = self.request.path_info
        if path.startswith(API):
            return path == DOCUMENTS and has_token(self.request)
        return super().is_known()


def has_token(request: HttpRequest) -> bool:
    """Whether the request has a valid token for documents; none is while the database is away."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != BEARER or not token:
        return False
    try:
        caller = tokens.find(token, on=now().date())
    except Error:
        return False
    return caller is not None and SCOPE in caller.scopes
