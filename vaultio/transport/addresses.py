"""Addresses below one origin as httpx has them, without having it read the origin each time."""

from __future__ import annotations

import re

import httpx

# Such as httpx leaves alone: no segment begins with a dot, and all that had to be quoted is.
_PLAIN = re.compile(
    r"((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+)(?:\?((?:[A-Za-z0-9._~=&-]|%[0-9A-F]{2})*))?"
)


class Addresses:
    """Makes the addresses of one origin: scheme, host and port.

    To read an address takes httpx as long as to send a request and read the answer's head.
    """

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._root = httpx.URL(f"{origin}/")
        self._is_short = self._agrees()

    def url(self, target: str) -> httpx.URL:
        """Make the address of *target*, which begins with ``/``; raises `httpx.InvalidURL`."""
        if self._is_short and (found := _PLAIN.fullmatch(target)):
            return self._put_together(found[1], found[2])
        return httpx.URL(self._origin + target)

    def _put_together(self, path: str, query: str | None) -> httpx.URL:
        url = httpx.URL(self._root)
        # What httpx keeps of an address is nobody else's business: hence `_agrees`.
        url._uri_reference = url._uri_reference._replace(path=path, query=query)
        return url

    def _agrees(self) -> bool:
        """Whether this httpx keeps its addresses as those did that we know."""
        try:
            shown = [repr(self._put_together("/a/b", query)) for query in (None, "c=%20")]
        except (AttributeError, TypeError, ValueError):
            return False
        long = [repr(httpx.URL(f"{self._origin}/a/b{query}")) for query in ("", "?c=%20")]
        return shown == long
