"""Problem details (RFC 9457): what went wrong, in one sentence, without the values that were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from msgspec import Struct

TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not accepted",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}


class Fault(Struct, frozen=True):
    """What is wrong with a field, as a sentence that does not name it, and never its value."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class Problem(Exception):
    """An answer that is a problem. ``fields``: further members, e.g. ``errors``."""

    def __init__(self, status: int, detail: str, **fields: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.fields = status, detail, fields


def refusal(faults: Iterable[Fault], **fields: Any) -> Problem:
    """422: which fields do not fit, and what is wrong with each."""
    told = list(dict.fromkeys(faults))
    errors = [{"field": each.field, "message": each.message} for each in told]
    return Problem(422, " ".join(map(str, told)), errors=errors, **fields)


def answer(problem: Problem) -> HttpResponse:
    """The problem as ``application/problem+json``."""
    title = TITLES.get(problem.status, "Error")
    content = {"type": "about:blank", "title": title, "status": problem.status, "detail": problem.detail}
    response = JsonResponse({**content, **problem.fields}, status=problem.status)
    response["Content-Type"] = "application/problem+json"
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if problem.status == 503:
        response["Retry-After"] = "30"
    return response


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever no route answers."""
    return answer(Problem(404, "This address does not exist; see /api/v1/openapi.json."))


class ProblemsOnly:
    """Middleware: below ``/api/`` Django's own refusals (method, size, outage) are problem details as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, as a problem where it is a refusal that is none yet."""
        response = self.get_response(request)
        if not request.path.startswith("/api/") or response.status_code < 400 or "json" in response["Content-Type"]:
            return response
        refused = answer(Problem(response.status_code, TITLES.get(response.status_code, "Not possible") + "."))
        if allowed := response.headers.get("Allow"):
            refused["Allow"] = allowed
        return refused
