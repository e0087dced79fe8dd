"""Files on their way in: kept in memory, never on a disk in clear; nothing of what is too large, or a stranger's."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.db import Error
from django.http import HttpRequest

from dunkelwerk.dialogues.settings import upload_limits
from dunkelwerk.portal.visits import has_session

#: of the limit: so much more is still read, and thrown away, so that the person gets an answer
PATIENCE = 4


class InMemory(FileUploadHandler):
    """Takes each file up to the limit and one byte, so that it is seen to be too large; the rest of it is not kept.

    All files of a form together may be as large as the most files may be; what goes beyond is not kept, and
    ``request.too_much`` says so. Strangers' files are not kept either (``request.dropped``): a form is read before
    anybody asks who sent it.
    """

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        """Note the limits."""
        limits = upload_limits()
        self.size, self.left = limits.size, limits.size * limits.files
        self.hopeless = content_length > PATIENCE * self.left
        self.known = self.is_known()

    def is_known(self) -> bool:
        """Whether whoever sends it is no stranger."""
        return has_visitor(self.request)

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """A file begins."""
        super().new_file(*arguments, **named)
        if not self.file_name:
            raise SkipFile
        if not self.known:
            self.request.dropped = True
            raise SkipFile
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A piece of it."""
        self.left -= len(raw_data)
        if self.left < 0 or self.hopeless:
            self.request.too_much = True
            raise StopUpload(connection_reset=self.hopeless)
        self.file.write(raw_data[: max(0, self.size + 1 - self.file.tell())])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file, for the view."""
        size = self.file.tell()
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file, self.field_name, self.file_name, self.content_type, size, self.charset, self.content_type_extra
        )


def has_visitor(request: HttpRequest) -> bool:
    """Whether somebody is logged in; nobody is while the database is away."""
    try:
        return has_session(request)
    except Error:
        return False
