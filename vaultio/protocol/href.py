"""Addresses that Vault puts into its answers: the next page, a job's results.

They come absolute, root-relative or without the leading slash, some with raw spaces, and may
name another host. Only their path is ever used, on the client's own origin, and only if their
host is the client's own: a session id must not follow a text from a body.
Source: supplement to the reference, 3.3, 4.2.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from attrs import frozen

from vaultio.errors import ForeignLinkError

# Everything that may stand in a path or query as it is; "%" stays, so that what is encoded
# already is not encoded again.
_KEPT = "/%:@!$&'()*+,;=-._~?[]"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
DEFAULT_PORTS = {"http": 80, "https": 443}


@frozen
class Href:
    """An address as Vault gave it, with any query parameters it brought along."""

    text: str

    def __str__(self) -> str:
        return self.text


def local_target(href: Href, origin: str) -> str:
    """Turn an address into path and query on *origin* (``https://host[:port]``).

    One that names another host, leaves ``/api/`` or cannot be read is a `ForeignLinkError`.
    """
    try:
        link, own = urlsplit(href.text.strip()), urlsplit(origin)
        port = link.port
    except ValueError as error:
        raise ForeignLinkError(f"the address {href.text!r} cannot be read") from error
    if link.scheme or link.netloc:
        same_host = (link.hostname or "").lower() == (own.hostname or "").lower()
        same_port = port is None or port == (own.port or DEFAULT_PORTS.get(own.scheme))
        plain = link.scheme in {"http", "https"} and link.username is None
        if not (same_host and same_port and plain):
            raise ForeignLinkError(f"{href.text!r} is not on {own.netloc}: not followed")
    path = "/" + link.path.lstrip("/")
    if not path.startswith("/api/") or any(part in {".", ".."} for part in _plain_parts(path)):
        raise ForeignLinkError(f"the address {href.text!r} does not lie below /api/: not followed")
    target = _BARE_PERCENT.sub("%25", path + (f"?{link.query}" if link.query else ""))
    try:
        return quote(target, safe=_KEPT)
    except UnicodeEncodeError as error:
        raise ForeignLinkError(f"the address {href.text!r} holds half a character") from error


def _plain_parts(path: str) -> list[str]:
    """Split a path as a server may read it, with encoded dots and slashes taken as plain."""
    plain = path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/")
    return plain.replace("\\", "/").split("/")
