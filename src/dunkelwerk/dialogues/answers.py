"""What a person answers: drafts that every page saves, uploads, and the one submission.

The parts: ``drafts``, ``attachments``, ``submitting``. Here stands what the portal needs of them.
"""

from dunkelwerk.dialogues.attachments import (
    Attached,
    TooManyFiles,
    add_upload,
    file_ids,
    list_uploads,
    read_upload,
    remove_upload,
)
from dunkelwerk.dialogues.drafts import Draft, NotOpen, StaleDraft, load_draft, save_draft
from dunkelwerk.dialogues.submitting import (
    AlreadySubmitted,
    Incomplete,
    ProcessMissing,
    Receipt,
    Status,
    Submitted,
    TypeUnfit,
    read_answers,
    read_receipt,
    status,
    submit,
)

__all__ = [
    "AlreadySubmitted",
    "Attached",
    "Draft",
    "Incomplete",
    "NotOpen",
    "ProcessMissing",
    "Receipt",
    "StaleDraft",
    "Status",
    "Submitted",
    "TooManyFiles",
    "TypeUnfit",
    "add_upload",
    "file_ids",
    "list_uploads",
    "load_draft",
    "read_answers",
    "read_receipt",
    "read_upload",
    "remove_upload",
    "save_draft",
    "status",
    "submit",
]
