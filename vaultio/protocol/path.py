"""Paths below ``/api/{version}/``, built segment by segment."""

from __future__ import annotations

from urllib.parse import quote

from attrs import frozen

from vaultio.errors import InvalidArgumentError


@frozen
class Path:
    """An address in the API. ``/`` adds one segment, quoted; the path can never leave its root.

    >>> str(Path() / "objects" / "documents" / 773)
    'objects/documents/773'
    >>> str(Path() / "vobjects" / "a/../b c")
    'vobjects/a%2F..%2Fb%20c'
    """

    _segments: tuple[str, ...] = ()

    def __truediv__(self, segment: str | int) -> Path:
        return Path((*self._segments, _quoted(segment)))

    def under(self, *segments: str | int) -> Path:
        """Add several segments, each quoted."""
        path = self
        for segment in segments:
            path = path / segment
        return path

    def __str__(self) -> str:
        return "/".join(self._segments)


def _quoted(segment: str | int) -> str:
    """Quote one segment; refuse what cannot name a thing or would climb up the path."""
    if isinstance(segment, bool) or not isinstance(segment, str | int):
        raise InvalidArgumentError(f"an id is a text or a whole number, not {segment!r}")
    if isinstance(segment, int):
        if segment < 0:
            raise InvalidArgumentError(f"an id or number is never negative, but is {segment}")
        return str(segment)
    if not segment.strip() or segment in {".", ".."}:
        raise InvalidArgumentError(
            f"an id or name must not be empty, '.' or '..', but is {segment!r}"
        )
    try:
        return quote(segment, safe="")
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{segment!r} holds half a character") from error
