"""Metadata that the reference shows no answer of."""

from __future__ import annotations

from typing import Any

import pytest

from vaultio import DocumentField, DocumentType, UnreadableReplyError
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.metadata import listed, single
from vaultio.protocol.readers import payload

FIELD = {"name": "title__v", "required": "true"}


def answer(**values: Any) -> Envelope:
    """Make a successful answer."""
    return Envelope("SUCCESS", {"responseStatus": "SUCCESS", **values})


@pytest.mark.parametrize(
    "values",
    [
        {"properties": [FIELD]},
        {"data": [FIELD], "properties": None},
        {"documentProperties": [FIELD], "size": 1},
        {"properties": [FIELD], "renditions": ["x"]},
        {"properties": [{"property": FIELD}]},
    ],
)
def test_a_list_is_found(values: dict[str, Any]) -> None:
    """Wherever it may stand, it is read; a flag in quotes is a flag."""
    read = listed("properties", DocumentField, each="property")

    assert read(answer(**values)) == (DocumentField(name="title__v", required=True),)


@pytest.mark.parametrize(
    "values", [{}, {"properties": None}, {"start": 5, "limit": 200, "size": 0}]
)
def test_nothing_is_an_empty_list(values: dict[str, Any]) -> None:
    """Vault leaves out what is empty."""
    assert listed("properties", DocumentField)(answer(**values)) == ()


@pytest.mark.parametrize(
    "values", [{"size": 3}, {"url": "/api"}, {"a": [FIELD], "b": [FIELD]}, {"properties": "x"}]
)
def test_something_else_is_no_list(values: dict[str, Any]) -> None:
    """Rows that are announced, or lists that nobody knows, do not pass for none."""
    with pytest.raises(UnreadableReplyError, match="has no 'properties', but "):
        listed("properties", DocumentField)(answer(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"name": "claim__vs", "properties": [FIELD]},
        {"type": {"name": "claim__vs", "properties": [FIELD]}},
        {"data": [{"name": "claim__vs", "properties": [FIELD]}]},
    ],
)
def test_a_single_value_is_found(values: dict[str, Any]) -> None:
    """At the top, under one key, or in a list of one."""
    read = single(DocumentType)(answer(**values))

    assert (read.name, len(read.properties)) == ("claim__vs", 1)


def test_a_single_list_is_not_the_value() -> None:
    """A type that has nothing but fields is not taken for one of them."""
    assert len(single(DocumentType)(answer(properties=[FIELD])).properties) == 1


def test_payload() -> None:
    """The frame is taken off; an answer without a status is none."""
    assert payload(answer(x=1, errors=None)) == {"x": 1}
    with pytest.raises(UnreadableReplyError):
        payload(Envelope(None, {}))
