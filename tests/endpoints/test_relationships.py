"""Relationships: one class over the version of a document or of a binder."""

from __future__ import annotations

import pytest

from vaultio import (
    MethodNotSupportedError,
    NotFoundError,
    OutcomeUnknownError,
    Vault,
    VersionNumber,
)
from vaultio.endpoints.parts import Relationships
from vaultio.sandbox import Fault, Sandbox

TYPE = "supporting_documents__vs"


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Make a vault with document 9, binder 7, and document 14 to relate them to."""
    sandbox.documents.add("Source", document_id=9)
    sandbox.documents.add("Binder", document_id=7, binder=True)
    sandbox.documents.add("Target", document_id=14)
    return sandbox


@pytest.fixture
def of_document(vault: Vault) -> Relationships:
    """Enter the relationships of document 9."""
    return vault.documents.version(9, 0, 1).relationships


@pytest.fixture
def of_binder(vault: Vault) -> Relationships:
    """Enter the relationships of binder 7."""
    return vault.binders.version(7, 0, 1).relationships


async def test_of_a_document(of_document: Relationships) -> None:
    """What was created is listed, what was deleted is not."""
    first = await of_document.create(TYPE, 14)
    second = await of_document.create(TYPE, 14, target_major_version=0, target_minor_version=1)

    versions = [(one.id, one.target_version) for one in await of_document.retrieve_all()]
    assert versions == [(first, None), (second, VersionNumber(0, 1))]
    assert await of_document.delete(first) == first
    assert [one.id for one in await of_document.retrieve_all()] == [second]


async def test_of_a_binder(of_binder: Relationships) -> None:
    """What was created can be retrieved by its id."""
    number = await of_binder.create(TYPE, 14)

    relationship = await of_binder.retrieve(number)
    assert (relationship.id, relationship.type) == (number, TYPE)
    assert (relationship.source_document_id, relationship.target_document_id) == (7, 14)


async def test_not_in_the_reference(of_document: Relationships, of_binder: Relationships) -> None:
    """Vault says so where it lacks one of the two ways to read."""
    for missing in (of_document.retrieve(31), of_binder.retrieve_all()):
        with pytest.raises(MethodNotSupportedError):
            await missing


async def test_unknown(of_binder: Relationships) -> None:
    """A relationship that is not there cannot be deleted."""
    with pytest.raises(NotFoundError, match="5"):
        await of_binder.delete(5)


async def test_not_repeated(of_document: Relationships, sandbox: Sandbox) -> None:
    """A lost answer to a create is not sent again: whether it was done is not known."""
    sandbox.faults.add(Fault(kind="lost_answer", method="POST", path="*/relationships"))

    with pytest.raises(OutcomeUnknownError):
        await of_document.create(TYPE, 14)

    assert len(await of_document.retrieve_all()) == 1


async def test_of_a_deleted_target(of_document: Relationships, sandbox: Sandbox) -> None:
    """A relationship to a document that is gone is not listed."""
    await of_document.create(TYPE, 14)

    sandbox.documents.delete(14)

    assert await of_document.retrieve_all() == ()
