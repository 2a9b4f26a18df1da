"""Paths: every segment is quoted, and none leads anywhere but down."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultio import InvalidArgumentError
from vaultio.protocol.path import Path


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (773, "773"),
        (0, "0"),
        ("name__v", "name__v"),
        ("a/b", "a%2Fb"),
        ("../up", "..%2Fup"),
        ("a b+c", "a%20b%2Bc"),
        ("100%", "100%25"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c", "a%3Fb%23c"),
        ("..;", "..%3B"),
        ("a\\b", "a%5Cb"),
        ("a\r\nb", "a%0D%0Ab"),
        ("Prüfplan", "Pr%C3%BCfplan"),
        ("...", "..."),
    ],
)
def test_segment_is_quoted(segment: str | int, expected: str) -> None:
    """A segment stays one segment, whatever is in it."""
    assert str(Path() / "objects" / segment) == f"objects/{expected}"


@pytest.mark.parametrize(
    "segment", ["", " ", "\t\n", ".", "..", -1, True, False, "\ud800", "a\udfff"]
)
def test_segment_that_names_nothing_is_refused(segment: str | int) -> None:
    """What names nothing, climbs up or cannot be written never becomes an address."""
    with pytest.raises(InvalidArgumentError):
        Path() / segment


@pytest.mark.parametrize("segment", [None, 1.0, b"773", ["773"]])
def test_segment_of_another_type_is_refused(segment: object) -> None:
    """A None that slipped in is not the path segment ``None``."""
    with pytest.raises(InvalidArgumentError, match="text or a whole number"):
        Path() / segment  # type: ignore[operator]  # what untyped code does


def test_several_segments() -> None:
    """`under` is ``/`` several times."""
    assert Path().under("versions", 0, 1) == Path() / "versions" / 0 / 1


def test_a_path_does_not_change() -> None:
    """Going down makes another path."""
    root = Path() / "objects"

    assert str(root / "documents") == "objects/documents"
    assert str(root) == "objects"


@given(st.lists(st.text(min_size=1) | st.integers(min_value=0), min_size=1, max_size=5))
def test_never_leaves_its_root(segments: list[str | int]) -> None:
    """However it is put together, it has as many segments as were added, and none that moves."""
    try:
        path = str((Path() / "root").under(*segments)).split("/")
    except InvalidArgumentError:
        return

    assert not {"", ".", ".."} & set(path)
    assert [unquote(part) for part in path] == ["root", *map(str, segments)]
