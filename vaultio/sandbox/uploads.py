"""What comes in as multipart, for the rooms that take files."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.content import BytesContent
from vaultio.sandbox.failures import invalid, missing
from vaultio.sandbox.forms import MULTIPART, Form
from vaultio.sandbox.stores.documents import StoredFile


async def multipart_form(call: Call) -> Form:
    """Read a form that has to be multipart, with a file or without."""
    if not call.request.headers.get("content-type", "").startswith(MULTIPART):
        raise invalid(f"Content-Type must be {MULTIPART}.")
    return await call.form()


def file_of(form: Form) -> StoredFile:
    """Return the file of a form that has to have one."""
    file = form.files.get("file")
    if file is None:
        raise missing("file")
    return StoredFile(file.name, file.content)


def viewable(file: StoredFile) -> StoredFile:
    """Return what Vault makes of a source file for viewing."""
    return StoredFile(f"{file.name}.pdf", BytesContent(b"%PDF-1.7 made of the source file"))
