"""Health of a web process: alive, and ready, which needs the database."""

from __future__ import annotations

from threading import Event, Lock, Thread

import psycopg
from django.http import HttpRequest, HttpResponse, JsonResponse
from psycopg.conninfo import make_conninfo

from dunkelwerk.api.problems import Problem, answer
from dunkelwerk.infra import database
from dunkelwerk.infra.errors import CommandError

#: seconds after which a database that has not answered counts as away
PATIENCE = 3


class Question:
    """One question to the database, asked beside the requests: none waits longer than PATIENCE for the answer."""

    def __init__(self) -> None:
        self.ended, self.is_answered = Event(), False
        # a database that hangs must not keep the process from ending
        Thread(target=self._ask, daemon=True).start()

    def _ask(self) -> None:
        try:
            limits = {"connect_timeout": PATIENCE, "tcp_user_timeout": PATIENCE * 1000}
            url = make_conninfo(database.find_urls().worker, **limits)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SELECT 1")
            self.is_answered = True
        except (psycopg.Error, CommandError):
            pass  # not answered; why stands in the database's own log
        finally:
            self.ended.set()


class Asker:
    """Asks one question at a time, however many want to know."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._question: Question | None = None

    def is_answered(self) -> bool:
        """Whether the database answers in time."""
        with self._guard:
            if self._question is None or self._question.ended.is_set():
                self._question = Question()
            question = self._question
        return question.ended.wait(PATIENCE) and question.is_answered


ASKER = Asker()


def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:
    """The process can work: the database answers, and does so soon."""
    if not ASKER.is_answered():
        return answer(Problem(503, "The database does not answer."))
    return JsonResponse({"status": "ok"})
