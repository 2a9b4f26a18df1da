"""Document types and fields."""

from __future__ import annotations

import pytest

from tests.endpoints.recording import recorded
from vaultio import InvalidDataError, NotFoundError, ParameterRequiredError, Vault
from vaultio.models import FieldUse
from vaultio.sandbox import Fault, Sandbox

PIECE, PRINT, POSTER = "promotional_piece__vs", "print__vs", "poster__vs"


async def test_down_the_hierarchy(vault: Vault) -> None:
    """A type leads to subtypes, a subtype to classifications, and only those have fields."""
    metadata = vault.document_metadata
    names = [one.name for one in await metadata.retrieve_types()]
    piece = await metadata.retrieve_type(PIECE)
    printed = await metadata.retrieve_subtype(PIECE, PRINT)
    poster = await metadata.retrieve_classification(PIECE, PRINT, POSTER)

    assert PIECE in names
    assert [one.name for one in piece.subtypes] == [PRINT, "online__vs"]
    assert [one.name for one in printed.classifications] == [POSTER]
    assert (piece.properties, printed.properties) == ((), ())
    own = [one.name for one in poster.properties if one.defined_in_type == "classification"]
    assert own == ["width__c"]


async def test_a_type_without_subtypes(vault: Vault) -> None:
    """Its fields are those of all documents, and its own."""
    claim = await vault.document_metadata.retrieve_type("claim__vs")

    names = [one.name for one in claim.properties]
    assert (names[0], names[-1]) == ("id", "claim_category__vs")
    assert claim.subtypes == ()


async def test_inherited_fields(sandbox: Sandbox) -> None:
    """They come unless they are not wanted, and nothing is sent unless something is said."""
    async with recorded(sandbox) as (vault, recorder):
        metadata = vault.document_metadata
        everything = await metadata.retrieve_classification(PIECE, PRINT, POSTER)
        own = await metadata.retrieve_classification(PIECE, PRINT, POSTER, include_inherited=False)

    assert [len(one.templates) for one in (everything, own)] == [1, 0]
    assert [one.name for one in own.properties] == ["width__c"]
    sent = [str(request.url.params) for request in recorder.requests]
    assert sent == ["", "includeInheritedFields=false"]


async def test_fields(vault: Vault) -> None:
    """A shared field says where else it is used."""
    fields = {one.name: one for one in await vault.document_metadata.retrieve_fields()}

    assert fields["country__v"].used_in == (FieldUse(key=PIECE, type="type"),)
    assert (fields["name__v"].required, fields["id"].system) == (True, True)
    assert fields["width__c"].scale == 2


async def test_common_fields(sandbox: Sandbox) -> None:
    """What only one of the documents has is not among them; the ids go out as one value."""
    sandbox.documents.add(document_id=34, type_name="Claim")
    sandbox.documents.add(document_id=52, type_name="Promotional Piece")

    async with recorded(sandbox) as (vault, recorder):
        common = await vault.document_metadata.find_common_fields([34, 52])
        claims = await vault.document_metadata.find_common_fields([34])

    assert recorder.requests[0].content == b"docIds=34%2C52"
    assert {one.name for one in claims} - {one.name for one in common} == {"claim_category__vs"}


async def test_relationships_and_lock(vault: Vault) -> None:
    """Both are metadata of documents that no type defines."""
    relationships = await vault.document_metadata.retrieve_relationships("claim__vs")
    lock = await vault.document_metadata.retrieve_lock()

    assert "supporting_documents__vs" in [one.name for one in relationships.types]
    assert "claim__vs" in [one.name for one in relationships.types[0].target_types]
    assert [one.name for one in lock.properties] == ["locked_by__v", "locked_date__v"]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("v11.0", "documents"), ("v25.1", "documents"), ("v25.2", "types"), ("v26.2", "types")],
)
async def test_root_moved(sandbox: Sandbox, version: str, expected: str) -> None:
    """The shorter address is asked as long as it is known to be there."""
    async with recorded(sandbox, version) as (vault, recorder):
        root = await vault.document_metadata.retrieve_root()

    assert recorder.requests[0].url.path.endswith(expected)
    assert (
        root.lock_url
        == f"https://sandbox.veevavault.com/api/{version}/metadata/objects/documents/lock"
    )


@pytest.mark.parametrize(
    ("ids", "expected"),
    [([], ParameterRequiredError), (["x"], InvalidDataError), ([7], NotFoundError)],
)
async def test_documents_that_cannot_be_compared(
    vault: Vault, ids: list[int], expected: type[Exception]
) -> None:
    """No document, one with another id than a number, or one that is not there."""
    with pytest.raises(expected):
        await vault.document_metadata.find_common_fields(ids)


async def test_types_that_are_not_there(vault: Vault) -> None:
    """What is missing is named, at every level."""
    with pytest.raises(NotFoundError, match="no__c"):
        await vault.document_metadata.retrieve_type("no__c")
    with pytest.raises(NotFoundError, match="no__c"):
        await vault.document_metadata.retrieve_subtype(PIECE, "no__c")
    with pytest.raises(NotFoundError, match="no__c"):
        await vault.document_metadata.retrieve_classification(PIECE, PRINT, "no__c")


async def test_comparing_is_repeated(sandbox: Sandbox) -> None:
    """It is sent as a POST, but only reads: a lost answer is asked for again."""
    sandbox.documents.add(document_id=34)
    sandbox.faults.add(Fault(kind="lost_answer", path="*/find_common"))

    async with recorded(sandbox) as (vault, recorder):
        assert await vault.document_metadata.find_common_fields([34])

    assert len(recorder.requests) == 2
