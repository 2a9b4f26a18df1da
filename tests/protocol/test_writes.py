"""Requests that write, in one word, and the id that comes back."""

from __future__ import annotations

from typing import Any

import pytest

from vaultio.errors import UnreadableReplyError
from vaultio.models import Relationship
from vaultio.protocol import moved
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import Body
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number, id_text, one
from vaultio.protocol.request import Repeat, delete, post, put
from vaultio.protocol.version import ApiVersion

PATH = Path() / "objects"


def answer(**payload: Any) -> Envelope:
    """Make a successful answer."""
    return Envelope("SUCCESS", payload)


def test_post() -> None:
    """A create has a form of what is given, and is never sent again on its own."""
    request = post(PATH, {"name__v": "A b", "order__v": None}, query={"async": True})

    assert isinstance(request.body, Body)
    assert (request.body.content, request.query) == (b"name__v=A+b", {"async": "true"})
    assert (request.method, request.repeat) == ("POST", Repeat.ONCE)


def test_post_without_fields() -> None:
    """Without fields there is no body at all."""
    assert post(PATH).body is None


@pytest.mark.parametrize("request_", [put(PATH, {"name__v": "A"}), delete(PATH)])
def test_twice_is_the_same(request_: Any) -> None:
    """Setting a value and deleting by id may be sent again."""
    assert request_.repeat is Repeat.SAME


@pytest.mark.parametrize("said", [7, "7"])
def test_id(said: object) -> None:
    """An id is read as what it is, whichever way Vault writes it."""
    assert (id_number(answer(id=said)), id_text(answer(id=said))) == (7, "7")


@pytest.mark.parametrize("payload", [{}, {"id": None}, {"id": True}, {"id": ""}, {"id": [7]}])
@pytest.mark.parametrize("read", [id_number, id_text])
def test_no_id(read: Any, payload: dict[str, Any]) -> None:
    """An answer without an id is not one that was expected."""
    with pytest.raises(UnreadableReplyError, match="id"):
        read(answer(**payload))


def test_one_in_a_wrapper() -> None:
    """The single value comes out of its list and its wrapper."""
    wrapped = answer(relationships=[{"relationship": {"id": 41}}])

    assert one("relationships", Relationship, each="relationship")(wrapped) == Relationship(id=41)


@pytest.mark.parametrize("found", [[], [{"id": 1}, {"id": 2}]])
def test_not_one(found: list[Any]) -> None:
    """None and several are not one."""
    with pytest.raises(UnreadableReplyError, match="one value was expected"):
        one("relationships", Relationship, each="relationship")(answer(relationships=found))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (ApiVersion(11, 0), "objects/versions/0/1/sections/100"),
        (ApiVersion(9, 0), "objects/versions/0/1/sections/100"),
        (ApiVersion(17, 1), "objects/sections/100"),
        (ApiVersion(26, 2), "objects/sections/100"),
    ],
)
def test_section_moved(version: ApiVersion, expected: str) -> None:
    """The path of a section is chosen by version, compared as numbers."""
    assert str(moved.section(version, PATH, 0, 1, "100")) == expected
