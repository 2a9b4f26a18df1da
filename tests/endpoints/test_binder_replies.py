"""The reference's example answers about binders and relationships, and trees it does not show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.endpoints.test_replies import replayed
from vaultio import BinderNode, Relationship, UnreadableReplyError, VersionNumber
from vaultio.protocol.binders import binder, draft, nodes, section
from vaultio.protocol.envelope import Envelope

PLAN = {"id": "1:-2", "type__v": "document", "document_id__v": 7, "order__v": 0}
SECTION = {"id": "3:4", "type__v": "section", "name__v": "Plans", "section_number__v": None}
TREE = {"nodes": [{"properties": SECTION, "nodes": [{"properties": PLAN}]}]}


def answer(**payload: Any) -> Envelope:
    """Make a successful answer."""
    return Envelope("SUCCESS", payload)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("create_binder", 33),
        ("update_binder", 32),
        ("delete_binder", 35),
        ("delete_binder_version", 124),
        ("create_binder_section", "1365789543654"),
        ("update_binder_section", "1365704338631"),
        ("delete_binder_section", "1365704338631"),
        ("move_document_within_binder", "1365798869626"),
        ("update_binder_document_binding_rule", "1365798869626"),
        ("remove_document_from_binder", "1365798869626"),
        ("create_document_relationship", 200),
        ("delete_document_relationship", 35),
    ],
)
async def test_id(operation: str, expected: int | str, tmp_path: Path) -> None:
    """Binders and relationships have numbers, nodes have texts, as Vault writes them."""
    assert expected == await replayed(operation, tmp_path)


async def test_relationship_of_a_binder(tmp_path: Path) -> None:
    """The single item comes out of its list and wrapper; no target version means all."""
    relationship = await replayed("retrieve_binder_relationship", tmp_path)

    assert relationship == Relationship(
        id=41,
        type="supporting_documents__vs",
        source_document_id=32,
        target_document_id=14,
        created_by=25496,
        created_date=datetime(2013, 4, 11, 19, 46, 59, tzinfo=UTC),
    )
    assert relationship.target_version is None


async def test_relationships_of_a_document(tmp_path: Path) -> None:
    """Each item is taken out of its wrapper."""
    (relationship,) = await replayed("list_document_relationships", tmp_path)

    assert (
        relationship.id,
        relationship.source_document_id,
        relationship.target_document_id,
    ) == (31, 24, 22)


def test_tree() -> None:
    """Nodes are read at every depth, in order, their properties unwrapped."""
    read = binder(answer(document={"id": 29, "binder__v": True, "x__c": 1}, binder=TREE))

    assert [node.id for node in read.walk()] == ["3:4", "1:-2"]
    assert read.nodes[0].nodes == (BinderNode(id="1:-2", type="document", document_id=7, order=0),)
    assert (read.id, read.is_binder, read.fields) == (29, True, {"x__c": 1})


@pytest.mark.parametrize(
    "payload",
    [{"binder": TREE}, {"node": TREE}, TREE, {"binder": {"nodes": [{**SECTION, "nodes": [PLAN]}]}}],
)
def test_nodes_wherever_they_are(payload: dict[str, Any]) -> None:
    """The reference names no key: each known one will do, and flat properties too."""
    (plans,) = nodes(answer(**payload))

    assert (plans.id, plans.name, [one.document_id for one in plans.nodes]) == ("3:4", "Plans", [7])


def test_no_nodes() -> None:
    """An empty list that Vault leaves out is empty."""
    assert nodes(answer()) == ()
    assert binder(answer(document={"id": 29})).nodes == ()


def test_section_that_is_described() -> None:
    """A section's own name comes with its content where Vault gives it."""
    read = section("3:4")(answer(node={"properties": SECTION, "nodes": [{"properties": PLAN}]}))

    assert (read.name, [one.id for one in read.nodes]) == ("Plans", ["1:-2"])


def test_section_that_is_only_listed() -> None:
    """Without a description the section still has its id and its content."""
    read = section("3:4")(answer(nodes=[PLAN]))

    assert (read.id, read.name, [one.id for one in read.nodes]) == ("3:4", None, ["1:-2"])


def test_nested_binder() -> None:
    """A binder inside a binder may have no node id, but a number of its own."""
    (inner,) = nodes(answer(binder={"nodes": [{"properties": {"binder_id": 12}}]}))

    assert (inner.id, inner.binder_id, inner.nodes) == (None, 12, ())


def test_bound_version() -> None:
    """A node that is bound to one version says which."""
    bound = {**PLAN, "major_version_number__v": 1, "minor_version_number__v": 10}

    (node,) = nodes(answer(nodes=[bound]))

    assert node.version == VersionNumber(1, 10)


def test_draft() -> None:
    """The number of a draft is read; an answer without one is not guessed at."""
    said = answer(major_version_number__v=0, minor_version_number__v=4)

    assert draft(said) == VersionNumber(0, 4)
    with pytest.raises(UnreadableReplyError, match="no version of a draft"):
        draft(answer())


def test_node_that_cannot_be_read() -> None:
    """The error names the place in the tree."""
    with pytest.raises(UnreadableReplyError, match=r"order__v"):
        nodes(answer(binder={"nodes": [{"properties": {**PLAN, "order__v": "first"}}]}))
