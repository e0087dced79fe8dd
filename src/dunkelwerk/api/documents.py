"""Documents by the API: cleaned before anything is written, then kept sealed for the person who reads them."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from django.db import connection
from django.utils.datastructures import MultiValueDict
from ninja.files import UploadedFile

from dunkelwerk.api.idempotency import Effect
from dunkelwerk.api.notices import CHANNEL
from dunkelwerk.api.problems import Fault, Problem, refusal
from dunkelwerk.dialogues.settings import upload_limits
from dunkelwerk.dialogues.uploads.accepting import accept
from dunkelwerk.dialogues.uploads.outcomes import Limits, Refused, sentence
from dunkelwerk.inbox.documents import Document, receive_document
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.vaults import vault_of

#: where the virus scanner is, see docs/uploads.md
SCANNER = "DUNKELWERK_SCANNER"


def ensure_one(files: MultiValueDict[str, Any]) -> None:
    """Raise Problem for a request with more than one file: none of them is kept."""
    if sum(len(files.getlist(name)) for name in files) > 1:
        raise refusal([Fault("file", "Exactly one file is expected; send each in a request of its own.")])


def put(file: UploadedFile, *, external_id: str | None, contract: str | None) -> Effect:
    """What keeps a document and opens its work item; raises Problem for no document, and for another under its id."""
    document, day = cleaned(file, external_id=external_id, contract=contract), business_day()
    with connection.cursor() as cursor:
        vault = vault_of(cursor, on=day)

    def take() -> tuple[int, dict[str, Any]]:
        try:
            identity, known = receive_document(document, vault, on=day)
        except CommandError as error:
            raise Problem(409, str(error)) from None
        return 202, {"id": identity, "state": "waiting", "known": known}

    return take


def cleaned(file: UploadedFile, *, external_id: str | None, contract: str | None) -> Document:
    """The document, rewritten; raises Problem for one that is too large or no document."""
    limits = Limits(max_bytes=upload_limits().size)
    if (file.size or 0) > limits.max_bytes:
        raise Problem(413, f"The file is larger than {limits.max_bytes} bytes.")
    data = file.read()
    safe = accept(data, limits, scanner=os.environ.get(SCANNER, ""))
    if isinstance(safe, Refused):
        if safe.is_temporary:
            raise Problem(503, sentence(safe), code=safe.code)
        raise refusal([Fault("file", sentence(safe))], code=safe.code)
    digest = hashlib.sha256(data).hexdigest()
    return Document(
        channel=CHANNEL,
        external_id=named("external_id", external_id, 200) or f"sha256:{digest}",
        sha256=digest,
        name=(file.name or "")[:200],
        content=safe.data,
        pages=safe.pages,
        case_key=named("contract", contract, 60),
    )


def named(field: str, value: str | None, longest: int) -> str | None:
    """A text of the request as a column can hold it; raises Problem."""
    if value is None or value == "":
        return None
    if len(value) > longest or "\0" in value:
        raise refusal([Fault(field, f"At most {longest} characters, none of them NUL, are expected.")])
    return value
