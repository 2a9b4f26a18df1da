"""From an answer to what was asked for: Vault's habits, and what is said where it has others."""

from __future__ import annotations

from typing import Any

import pytest

from vaultio import Attachment, Rendition, UnreadableReplyError
from vaultio.models import AttachmentLink, VaultObject
from vaultio.protocol.api_metadata import api_versions
from vaultio.protocol.documents import attachment_links, document, documents
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import (
    Reader,
    many,
    named_urls,
    nothing,
    one,
    rows,
    text_values,
    top,
)


def answer(**payload: Any) -> Envelope:
    """Make a success that says *payload*."""
    return Envelope("SUCCESS", {"responseStatus": "SUCCESS", **payload})


def why(read: Reader[object], envelope: Envelope) -> str:
    """Say why an answer cannot be read."""
    with pytest.raises(UnreadableReplyError) as caught:
        read(envelope)
    return str(caught.value)


@pytest.mark.parametrize("data", [{"id": 566}, [{"id": 566}]])
def test_one(data: object) -> None:
    """A single value is an object here, a list of one there."""
    assert one("data", Attachment)(answer(data=data)) == Attachment(id=566)


@pytest.mark.parametrize("data", [[], [{"id": 1}, {"id": 2}]])
def test_not_one(data: list[object]) -> None:
    """None and two are not one, and which of the two is meant is not guessed."""
    assert why(one("data", Attachment), answer(data=data)) == (
        f"data: one value was expected, not {len(data)}"
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [([], []), (None, []), ({"id": 3}, [3]), ([{"id": 2}, {"id": 1}], [2, 1])],
)
def test_many(data: object, expected: list[int]) -> None:
    """A list in the answer's order; null is none, an object one."""
    read = many("data", AttachmentLink)(answer(data=data))

    assert expected == [link.id for link in read]


def test_wrapped_once_more() -> None:
    """Users, groups and relationships stand in an object of their own, or they do not."""
    wrapped = answer(users=[{"user": {"id": 1}}, {"id": 2}])

    read = many("users", AttachmentLink, each="user")(wrapped)

    assert [link.id for link in read] == [1, 2]


def test_place_in_a_list() -> None:
    """A bad item is named by its place."""
    bad = answer(data=[{"id": 1}, {"id": "x"}])

    assert "data[1].id: a whole number" in why(many("data", AttachmentLink), bad)


@pytest.mark.parametrize(
    "read",
    [
        one("data", Attachment),
        many("data", Attachment),
        rows("data"),
        named_urls("data", Rendition),
        text_values("data"),
    ],
)
def test_missing_key(read: Reader[object]) -> None:
    """What is missing is named, and what there is in its place: it may have been renamed."""
    assert why(read, answer(rows=[])) == "the answer has no 'data', but responseStatus, rows"


@pytest.mark.parametrize("read", [one("data", Attachment), named_urls("data", Rendition)])
def test_null_is_not_one(read: Reader[object]) -> None:
    """Where one thing was asked for, null is none."""
    assert "the answer has no 'data'" in why(read, answer(data=None))


def test_rows() -> None:
    """Rows are mappings that nobody but the caller knows, null for none."""
    assert rows("data")(answer(data=[{"id": 1}])) == ({"id": 1},)
    assert rows("data")(answer(data=None)) == ()
    assert why(rows("data"), answer(data=[{}, 5])) == "data[1]: an object was expected"


def test_names_with_urls() -> None:
    """An object of name and URL, or a list of names."""
    read = named_urls("renditions", Rendition)

    assert read(answer(renditions={"a__v": "/a"})) == (Rendition(name="a__v", url="/a"),)
    assert read(answer(renditions=["a__v"])) == (Rendition(name="a__v"),)
    assert read(answer(renditions={})) == ()
    assert why(read, answer(renditions="a__v")) == "renditions: names and URLs were expected"


def test_nothing() -> None:
    """A call that returns nothing wants at least to hear that it was done."""
    nothing(answer())

    assert why(nothing, Envelope(None, {})) == "the answer has no responseStatus"


def test_top() -> None:
    """A payload beside the frame is read without it."""
    read = top(VaultObject)(answer(name="site__v", errors=None, mystery__v=1))

    assert read == VaultObject(name="site__v", fields={"mystery__v": 1})


def test_version_that_is_none() -> None:
    """A strange name among the API versions is the answer's fault, not the caller's."""
    assert why(api_versions, answer(values={"latest": "/api"})).startswith("values: an API version")


@pytest.mark.parametrize(
    "payload",
    [
        {"document": {"id": 7}},
        {"data": {"id": 7}},
        {"data": [{"id": 7}]},
        {"id": 7, "responseMessage": "OK"},
    ],
)
def test_document(payload: dict[str, Any]) -> None:
    """No example shows where the fields are; where they may be they are found."""
    read = document(answer(**payload))

    assert (read.id, read.fields) == (7, {})


def test_document_that_is_none() -> None:
    """An answer without fields is none of a document."""
    assert why(document, answer(attachments=[])) == "the answer has no 'document'"


def test_fields_named_like_attributes() -> None:
    """A vault's own field called ``versions`` does not pass for the list of versions."""
    read = document(answer(document={"id": 7, "versions": "three", "renditions": 1}))

    assert (read.versions, read.renditions) == ((), ())


def test_empty_page_of_documents() -> None:
    """Vault leaves out lists that are empty: only an answer that says 0 is taken for one."""
    assert documents(answer(size=0)) == ()
    assert "no 'documents'" in why(documents, answer(size=3))


def test_attachments_not_taken_and_none() -> None:
    """Absent means that the type takes none, empty that there are none; nothing says neither."""
    assert attachment_links(answer(document={"id": 7})) is None
    assert attachment_links(answer(attachments=[])) == ()
    assert "no responseStatus" in why(attachment_links, Envelope(None, {}))
