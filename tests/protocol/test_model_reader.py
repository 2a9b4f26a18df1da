"""What pages are read with: it copies nothing needlessly, and takes no more pains than it must."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime
from typing import Any

import attrs
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from vaultio import Document, UnreadableReplyError
from vaultio.models import BinderNode, Model, wire
from vaultio.protocol import convert
from vaultio.protocol.convert import structure, structure_all
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import many, rows
from vaultio.protocol.vql import query_rows

ROW = {"id": 7, "name__v": "SOP", "size__v": "12", "region__c": ["EU"], "format__v": None}


def page(count: int) -> Envelope:
    """Make a page of so many rows."""
    return Envelope("SUCCESS", {"data": [dict(ROW, id=number) for number in range(count)]})


@frozen(kw_only=True)
class Product(Model):
    """A class of a user's own, for the rows of a query."""

    id: int
    name: str = wire("name__v")
    made: datetime | None = wire("made__c", default=None)  # noqa: RUF009 - attrs' own
    count: float = wire("count__c", default=0.5)
    tags: list[str] = attrs.field(factory=list)


@frozen(kw_only=True)
class Checked(Model):
    """A class that has its own idea of what is right."""

    id: int = attrs.field(validator=attrs.validators.gt(0))


@frozen(kw_only=True)
class Doubled(Model):
    """A class that changes something when it is made."""

    id: int

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "id", 2 * self.id)


@frozen(kw_only=True)
class Counted(Model):
    """A class with a value that no answer holds."""

    id: int
    count: int = attrs.field(init=False, default=3)


@attrs.frozen(kw_only=True, slots=False)
class Loose(Model):
    """A class whose values keep their attributes elsewhere."""

    id: int


class Plain(Document):
    """A class that only adds behaviour to one of ours."""


def test_rows_are_not_copied() -> None:
    """The rows of a page are the very objects that were decoded."""
    envelope = page(3)

    for read in (rows("data")(envelope), query_rows(envelope).rows):
        assert all(one is other for one, other in zip(read, envelope.payload["data"], strict=True))


def test_good_page_is_read_once() -> None:
    """What explains errors is not even made while there are none."""
    convert._detailed.cache_clear()
    many("data", Document)(page(200))
    assert convert._detailed.cache_info().currsize == 0

    with pytest.raises(UnreadableReplyError):
        structure({"id": "x"}, Document, where="data")
    assert convert._detailed.cache_info().currsize == 1


def test_reader_is_written_once() -> None:
    """The function that reads a class is kept."""
    hook = convert._fast().get_structure_hook(Document)

    assert convert._fast().get_structure_hook(Document) is hook


def test_answer_stays_as_it_is() -> None:
    """Reading takes nothing out of an answer: it may be read again."""
    envelope = page(2)
    before = copy.deepcopy(envelope.payload)
    many("data", Document)(envelope)

    assert envelope.payload == before


def test_value_is_as_good_as_any() -> None:
    """A value that was read is what its class makes: equal, frozen, and can be pickled."""
    read = structure(dict(ROW), Document, where="data")

    assert read == Document(id=7, name="SOP", size=12, fields={"region__c": ["EU"]})
    assert type(read) is Document
    assert pickle.loads(pickle.dumps(read)) == copy.copy(read) == read
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        read.name = "other"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize("more", [{}, {"made__c": None, "count__c": None, "tags": None}])
def test_class_of_a_user(more: dict[str, Any]) -> None:
    """Defaults stand for what is absent or null, and a list is each value's own."""
    first, second = structure_all([{"id": 1, "name__v": "a", **more}] * 2, Product, where="data")

    assert first == Product(id=1, name="a")
    assert (first.count, first.tags, first.fields) == (0.5, [], {})
    assert first.tags is not second.tags


def test_class_with_rules_of_its_own() -> None:
    """Validators have their say, and whatever else is done when one is made is done."""
    with pytest.raises(UnreadableReplyError, match="data"):
        structure({"id": 0}, Checked, where="data")

    for kind in (Checked, Doubled, Counted, Loose, Plain):
        read = structure({"id": 4, "x": 1}, kind, where="data")
        assert read == kind(id=4, fields={"x": 1})
        assert not hasattr(read, "count") or read.count == 3


def test_place_in_a_page() -> None:
    """Of a page with one bad row that row is named, and its field."""
    with pytest.raises(UnreadableReplyError, match=r"data\[2\]\.size__v: a whole number"):
        structure_all([ROW, ROW, {**ROW, "size__v": "x"}, ROW], Document, where="data")


def test_nested_without_end() -> None:
    """Sections in sections beyond what Python can hold are an error of ours."""
    node: dict[str, Any] = {"id": "1"}
    for _ in range(2_000):
        node = {"id": "1", "nodes": [node]}

    with pytest.raises(UnreadableReplyError):
        structure(node, BinderNode, where="node")


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "7", 7, 1.5, True, "true", [], {}, ["a"], "2015-01-14"]
)
KEYS = ["id", "name__v", "size__v", "binder__v", "created_date__v", "versions", "x__c", "y__c"]


@given(answer=st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_both_readers_agree(answer: dict[str, Any]) -> None:
    """The fast one takes what the careful one takes, and reads the same."""
    read: list[Document | None] = []
    for converter in (convert._fast(), convert._detailed()):
        try:
            read.append(attrs.evolve(converter.structure(answer, Document), fields={}))
        except Exception:
            read.append(None)

    assert read[0] == read[1]
