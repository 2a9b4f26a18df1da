"""Form bodies: url-encoded and multipart."""

from __future__ import annotations

import re
from email.message import Message
from email.parser import HeaderParser
from urllib.parse import parse_qsl

from attrs import define, field, frozen

from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.wire import SandboxRequest

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@frozen
class FormFile:
    """A file in a multipart form."""

    name: str
    data: bytes
    media_type: str


@define
class Form:
    """The values of a form by name (of a repeated one the last), and its files."""

    values: dict[str, str] = field(factory=dict)
    files: dict[str, FormFile] = field(factory=dict)


def _content_type(value: str) -> Message:
    message = Message()
    message["Content-Type"] = value or "application/octet-stream"
    return message


async def read_form(request: SandboxRequest) -> Form:
    """Read the form of a request; no body is an empty form, another kind of body is refused."""
    try:
        body = await request.read()
    except ValueError as error:
        raise RefusedError("EXCEEDS_FILE_MAX_SIZE", str(error)) from None
    content_type = _content_type(request.headers.get("content-type", ""))
    kind = content_type.get_content_type()
    if kind == URLENCODED:
        return Form(dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))
    if kind == MULTIPART:
        return _multipart(body, str(content_type.get_param("boundary", "")))
    if not body:
        return Form()
    raise RefusedError("INVALID_DATA", f"Content-Type [{kind}] is not supported here.")


def _multipart(body: bytes, boundary: str) -> Form:
    form = Form()
    if not boundary:
        raise RefusedError("INVALID_DATA", "The multipart body names no boundary.")
    # The first delimiter has no line break before it; with one added all look the same.
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))
    for part in parts[1:]:
        if part.startswith(b"--"):
            return form
        head, separator, data = part.partition(b"\r\n\r\n")
        if separator:
            _add_part(form, head.strip(b"\r\n").decode("utf-8", "replace"), data)
    raise RefusedError("INVALID_DATA", "The multipart body ends before its last boundary.")


def _add_part(form: Form, head: str, data: bytes) -> None:
    headers = HeaderParser().parsestr(re.sub(r"\r\n", "\n", head))
    name = str(headers.get_param("name", "", "content-disposition"))
    file_name = headers.get_filename()
    if file_name is None:
        form.values[name] = data.decode("utf-8", "replace")
    else:
        form.files[name] = FormFile(file_name, data, headers.get_content_type())
