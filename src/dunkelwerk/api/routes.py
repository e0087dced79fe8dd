"""The routes of ``/api/v1``: each parses, calls one function, answers. Fixed in docs/interfaces.md section 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, NinjaAPI, Query, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile

from dunkelwerk.api import dialogues, documents, health, metrics, notices, schemas
from dunkelwerk.api.access import Scope
from dunkelwerk.api.idempotency import Effect, once
from dunkelwerk.api.problems import Fault, Problem, answer, refusal
from dunkelwerk.infra import database
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import speaking

#: where the parts of a request are looked for
PLACES = frozenset({"body", "query", "path", "form", "file"})
ITEMS = f"""
    SELECT {", ".join(schemas.WorkItemOut.model_fields)} FROM work_item
    WHERE id > %s AND state = %s AND (%s::text IS NULL OR basket = %s)
        AND (%s::date IS NULL OR open_from <= %s)
    ORDER BY id LIMIT %s
"""
TOO_LARGE = "The request is too large: at most 1 MiB of JSON, or of a form beside its file, is read."
#: the last part of ``/notices/…`` in the document
NOTICE = "id_or_process"
NOTICE_NAMES = {"id": "The number that the inbox gave the notice.", "process": "The name of the process."}
PROBLEMS = {frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 503}): schemas.ProblemOut}
KEY = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": "The same request under the same key takes effect once; kept for three days.",
        }
    ]
}


class Api(NinjaAPI):
    """Says of its errors that they are problem details, and of its addresses each once."""

    def get_openapi_schema(self, **named: Any) -> Any:
        """The schema."""
        schema = super().get_openapi_schema(**named)
        schema["paths"] = join_notices(schema["paths"])
        for each in (each for path in schema["paths"].values() for each in path.values()):
            for status, told in each["responses"].items():
                if int(status) >= 400 and "content" in told:
                    told["content"] = {"application/problem+json": next(iter(told["content"].values()))}
        return schema


def join_notices(paths: Mapping[str, Any]) -> dict[str, Any]:
    """The two routes of a notice as one path item: in OpenAPI templates that differ in names alone are the same."""
    joined: dict[str, Any] = {}
    for path, operations in paths.items():
        name = next((each for each in NOTICE_NAMES if path.endswith(f"/notices/{{{each}}}")), None)
        if name is None:
            joined[path] = operations
            continue
        for parameter in (each for operation in operations.values() for each in operation.get("parameters", ())):
            if (parameter["in"], parameter["name"]) == ("path", name):
                parameter.update(name=NOTICE, description=NOTICE_NAMES[name])
        joined.setdefault(path.replace(f"{{{name}}}", f"{{{NOTICE}}}"), {}).update(operations)
    return joined


def in_english(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Programs read these answers: whatever texts they hold are in one language."""

    @wraps(view)
    def spoken(*given: Any, **named: Any) -> HttpResponse:
        with speaking("en"):
            return view(*given, **named)

    return spoken


api = Api(
    title="Dunkelwerk",
    version="1",
    description="Dialogues with one-time PINs, notices, documents, work items. Errors are problem details (RFC 9457).",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_decorator(in_english, mode="view")


@api.post(
    "/dialogues", response={201: schemas.DialogueCreated, **PROBLEMS}, auth=Scope("dialogues:write"), openapi_extra=KEY
)
@once(secret=("pin", "link", "qr"))
def create_dialogue(request: HttpRequest, body: schemas.DialogueIn) -> Effect:
    """Make one dialogue; the PIN is told this once."""
    return dialogues.create(body, actor=request.auth.actor)  # type: ignore[attr-defined]


@api.get("/dialogues/{id}", response={200: schemas.DialogueOut, **PROBLEMS}, auth=Scope("dialogues:read"))
def get_dialogue(request: HttpRequest, id: str) -> dict[str, Any]:
    """A dialogue as it stands."""
    return dialogues.show(id)


@api.delete("/dialogues/{id}", response={204: None, **PROBLEMS}, auth=Scope("dialogues:write"))
def revoke_dialogue(request: HttpRequest, id: str, reason: Query[str] = "") -> Status:
    """Revoke a dialogue: its PIN is dead. Revoking again changes nothing."""
    dialogues.revoke(id, reason, actor=request.auth.actor)  # type: ignore[attr-defined]
    return Status(204, None)


@api.post(
    "/dialogues/{id}/pin", response={200: schemas.PinOut, **PROBLEMS}, auth=Scope("dialogues:pin"), openapi_extra=KEY
)
@once(secret=("pin", "link", "qr"))
def reissue_pin(request: HttpRequest, id: str, body: schemas.Why | None = None) -> Effect:
    """A new PIN; the old one is dead at once. The body may be left out."""
    actor, why = request.auth.actor, body or schemas.Why()  # type: ignore[attr-defined]
    return lambda: (200, dialogues.reissue(id, why.reason, despite_exit=why.despite_exit, actor=actor))


@api.get("/notices/{int:id}", response={200: schemas.NoticeOut, **PROBLEMS}, auth=Scope("notices:read"))
def get_notice(request: HttpRequest, id: int) -> dict[str, Any]:
    """The state of a notice, and its decision."""
    return notices.show(id)


@api.post(
    "/notices/{process}",
    response={202: schemas.Received, **PROBLEMS},
    auth=Scope("notices:write"),
    openapi_extra={
        **KEY,
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
    },
)
@once()
def put_notice(request: HttpRequest, process: str) -> Effect:
    """A notice (docs/interfaces.md section 1) into the inbox, once per id."""
    return notices.put(process, request.body, actor=request.auth.actor)  # type: ignore[attr-defined]


@api.post("/documents", response={202: schemas.Received, **PROBLEMS}, auth=Scope("documents:write"), openapi_extra=KEY)
@once()
def put_document(
    request: HttpRequest,
    file: File[UploadedFile],
    external_id: Form[str | None] = None,
    contract: Form[str | None] = None,
) -> Effect:
    """A document (PDF, JPEG, PNG, TIFF, HEIC) that a person reads: cleaned, kept sealed, a work item opened."""
    documents.ensure_one(request.FILES)
    return documents.put(file, external_id=external_id, contract=contract)


@api.get("/work-items", response={200: schemas.WorkItemsOut, **PROBLEMS}, auth=Scope("work-items:read"))
def list_work_items(request: HttpRequest, wanted: Query[schemas.WorkItemFilter]) -> dict[str, Any]:
    """Work items in the order of their numbers."""
    refuse_unknown(request, schemas.WorkItemFilter)
    basket = plain(wanted.basket)
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, (wanted.after, wanted.state, basket, basket, wanted.due, wanted.due, wanted.limit))
        rows = [dict(zip(schemas.WorkItemOut.model_fields, row, strict=True)) for row in cursor.fetchall()]
    return {"work_items": rows, "next": rows[-1]["id"] if len(rows) == wanted.limit else None}


def refuse_unknown(request: HttpRequest, known: type[schemas.Strict]) -> None:
    """Raise Problem for a parameter that there is not: a typo must not look like an answer."""
    names = [name for name in request.GET if name not in known.model_fields]
    if names:
        raise refusal(Fault(name[:100], "There is no such parameter.") for name in names)


@api.api_operation(["HEAD"], "/health/live", include_in_schema=False)
@api.get("/health/live", response=schemas.Health)
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return health.live(request)


@api.api_operation(["HEAD"], "/health/ready", include_in_schema=False)
@api.get("/health/ready", response={200: schemas.Health, **PROBLEMS})
def ready(request: HttpRequest) -> HttpResponse:
    """The process can work."""
    return health.ready(request)


@api.get("/metrics", auth=Scope("metrics:read"), include_in_schema=False)
def get_metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus."""
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def plain(text: str | None) -> str | None:
    """A filter; one that no column can hold finds nothing."""
    return None if text is None else text.replace("\0", "\N{REPLACEMENT CHARACTER}")


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """What a route refuses."""
    return answer(problem)


@api.exception_handler(RequestDataTooBig)
@api.exception_handler(TooManyFilesSent)
def on_too_much(request: HttpRequest, error: Exception) -> HttpResponse:
    """More than any request of ours holds."""
    return answer(Problem(413, TOO_LARGE))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def on_outage(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database is away."""
    database.reconnect()
    return answer(Problem(503, "The database does not answer; please try again."))


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No token, or none that is valid."""
    return answer(Problem(401, "A valid bearer token is needed."))


@api.exception_handler(ValidationError)
def on_fault(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit: which fields, and what is wrong, never their values."""
    return answer(refusal(Fault(place_of(each["loc"]), told(each)) for each in error.errors))


def place_of(loc: Sequence[str | int]) -> str:
    """The field that a fault is about; the first part says only where it was looked for."""
    parts = list(loc)
    while len(parts) > 1 and parts[0] in PLACES:
        parts.pop(0)
    return ".".join(map(str, parts))


def told(fault: Mapping[str, Any]) -> str:
    """What is wrong with it, without the value."""
    return "no readable JSON" if fault["type"] == "json_invalid" else str(fault["msg"])


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja refuses by itself, e.g. a body that is no JSON."""
    return answer(Problem(error.status_code, "The request cannot be read."))


@api.exception_handler(CommandError)
def on_command_error(request: HttpRequest, error: CommandError) -> HttpResponse:
    """What a function of ours refuses."""
    return answer(Problem(422, str(error)))
