"""Multipart bodies: form fields, and a file that is read while it is sent.

Source: RFC 7578; file names as browsers write them (UTF-8, with quotes and line ends encoded).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from secrets import token_hex

from attrs import field, frozen

from vaultio.protocol.forms import sent, text_of
from vaultio.protocol.sources import FileSource, Upload, source_of

GIB = 1024**3
LARGEST_UPLOAD = 4 * GIB
"""Bytes that Vault takes as one file with a document (supplement 7.1)."""

UploadProgress = Callable[[int, int | None], object]
"""Called with the bytes of the file sent so far and all of them (None: unknown)."""


@frozen
class Multipart:
    """A multipart body; only its frame is in memory, kept out of every repr."""

    head: bytes = field(repr=False)
    tail: bytes = field(repr=False)
    boundary: str
    source: FileSource | None = None
    progress: UploadProgress | None = field(default=None, repr=False)
    max_bytes: int | None = None

    @property
    def content_type(self) -> str:
        """The content type, with the boundary."""
        return f"multipart/form-data; boundary={self.boundary}"


def multipart(
    fields: Mapping[str, object],
    *,
    file: Upload | None = None,
    name: str = "file",
    filename: str | None = None,
    progress: UploadProgress | None = None,
    max_bytes: int | None = LARGEST_UPLOAD,
) -> Multipart:
    """Make a multipart body of *fields* (None is not sent) and a *file* under *name*.

    A file larger than *max_bytes* is refused before anything is sent.
    """
    boundary = f"vaultio-{token_hex(16)}"
    source = None if file is None else source_of(file, filename)
    parts = [_part(boundary, key, value.encode()) for key, value in sent(fields).items()]
    if source is not None:
        parts.append(_file_head(boundary, name, source.filename))
    tail = f"{'' if source is None else chr(13) + chr(10)}--{boundary}--\r\n".encode()
    return Multipart(b"".join(parts), tail, boundary, source, progress, max_bytes)


def _part(boundary: str, name: str, value: bytes) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
    return head.encode() + value + b"\r\n"


def _file_head(boundary: str, name: str, filename: str) -> bytes:
    disposition = f'form-data; name="{_quoted(name)}"; filename="{_quoted(filename)}"'
    return (
        f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()


def _quoted(text: str) -> str:
    """Write a name inside quotes so that it cannot end them, or the line."""
    return text_of(text).replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
