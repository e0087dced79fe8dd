"""Who may call what: a bearer token with the scope that the route names."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from dunkelwerk.api import tokens
from dunkelwerk.api.problems import Problem
from dunkelwerk.infra.businessday import now


class Scope(HttpBearer):
    """Needs a token with this scope; the caller is ``request.auth``."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> tokens.Caller | None:
        """The caller; None for no valid token. Raises Problem for one without the scope."""
        caller = tokens.find(token, on=now().date())
        if caller is not None and self.scope not in caller.scopes:
            raise Problem(403, f"The token lacks the scope {self.scope}.")
        return caller
