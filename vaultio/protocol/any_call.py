"""A request to an endpoint that has no coroutine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from vaultio.errors import InvalidArgumentError
from vaultio.protocol.forms import form, json_body, sent
from vaultio.protocol.href import Href
from vaultio.protocol.path import Path
from vaultio.protocol.request import Method, Repeat, Request, sent_headers

Accept: TypeAlias = Literal["application/json", "application/xml"]


def any_call(
    method: Method,
    path: str,
    *,
    query: Mapping[str, object],
    form_fields: Mapping[str, object] | None,
    json: Any,
    headers: Mapping[str, object],
    repeatable: bool,
    accept: Accept,
) -> Request:
    """Make it; see `Vault.request`."""
    if form_fields is not None and json is not None:
        raise InvalidArgumentError("give form_fields or json, not both")
    repeat = Repeat.SAFE if method == "GET" else Repeat.SAME if repeatable else Repeat.ONCE
    body = form(form_fields) if form_fields is not None else None
    return Request(
        method=method,
        path=_address(path),
        query=sent(query),
        headers=sent_headers(headers),
        body=json_body(json) if json is not None else body,
        repeat=repeat,
        accept=accept,
    )


def _address(path: str) -> Path | Href:
    """Read an endpoint's path: as a link if it is rooted, else segment by segment."""
    if path.startswith("/") and not path.startswith(("/api/", "//")):
        raise InvalidArgumentError(
            f"{path!r} does not lie below /api/: without the slash in front it is an endpoint of "
            "the client's API version"
        )
    if "?" in path and not path.startswith("/"):
        raise InvalidArgumentError(f"{path!r} is a path and more: what is behind ? goes by query=")
    if path.startswith("/"):
        return Href(path)
    return Path().under(*path.split("/"))
