"""Health of a web process: alive, and ready, which needs the database."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from dunkelwerk.api.problems import Problem, answer
from dunkelwerk.infra import database


def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:
    """The process can work: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        database.reconnect()
        return answer(Problem(503, "The database does not answer."))
    return JsonResponse({"status": "ok"})
