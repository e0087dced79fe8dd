"""One uploaded file, made safe. Call it in a confined process (``confined.clean_confined``): decoders have bugs."""

from __future__ import annotations

import hashlib

from dunkelwerk.dialogues.uploads.documents import check_drawable, rewrite_document, strip_written
from dunkelwerk.dialogues.uploads.outcomes import MEBI, Clean, Kind, Limits, Refusal, Refused
from dunkelwerk.dialogues.uploads.pictures import rewrite_picture
from dunkelwerk.dialogues.uploads.sniffing import check_at_the_door, kind_of


def clean(data: bytes, *, limits: Limits) -> Clean | Refused:
    """The file as a new PDF, or why not: told by its first bytes, then decoded, then written anew.

    Never raises for a file, however broken. Memory and time are bounded only where the process is: ``worker``.
    """
    kind = kind_of(data)
    refused = check_at_the_door(data, limits)
    if refused or kind is None:
        return refused or Refused("wrong_type")
    try:
        return _rewrite(data, kind, limits)
    except Refusal as refusal:
        return refusal.refused
    except MemoryError:
        return Refused("bomb", "content")
    except Exception as error:  # a decoder may raise anything, and whatever it is, the file is not taken
        return Refused("unreadable", type(error).__name__)


def _rewrite(data: bytes, kind: Kind, limits: Limits) -> Clean:
    if kind == "pdf":
        rewritten = rewrite_document(data, limits)
    else:
        rewritten = strip_written(rewrite_picture(data, kind, limits))
    if len(rewritten) > limits.max_output:
        raise Refusal("too_large", "output", limits.max_output // MEBI)
    pages = check_drawable(rewritten)
    digest = hashlib.sha256(rewritten).hexdigest()
    return Clean(pages=pages, data=rewritten, original_kind=kind, sha256=digest)
