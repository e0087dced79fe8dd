"""Django's guard against forged requests, for a site whose pages send no referrer.

``Referrer-Policy: no-referrer`` makes browsers say ``Origin: null`` when a form is posted, which Django takes for a
foreign page. Whether it is one, the browser says in ``Sec-Fetch-Site``; where it is too old for that, the token in the
form and the ``SameSite=Strict`` cookies decide alone.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

ANONYMOUS = "null"
OWN = ("same-origin", "none", "")


class FormGuard(CsrfViewMiddleware):
    """As Django's, but a form of our own pages is known although it names no origin. The token is always checked."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META.get("HTTP_ORIGIN") == ANONYMOUS:
            return request.META.get("HTTP_SEC_FETCH_SITE", "") in OWN
        verified: bool = super()._origin_verified(request)
        return verified
