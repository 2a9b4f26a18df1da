"""Documents by the batch: what is created can be retrieved, and each row is accounted for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.endpoints.recording import recorded
from vaultio import (
    InvalidDataError,
    NotAllowedError,
    NotFoundError,
    OutcomeUnknownError,
    RowResult,
    Vault,
)
from vaultio.sandbox import BytesContent, Sandbox

ROW = {"name__v": "Plan", "type__v": "Protocol", "lifecycle__v": "General Lifecycle"}
FIRST = {"major_version_number__v": 0, "minor_version_number__v": 1}
VIEWABLE = "viewable_rendition__v"


async def all_of(results: AsyncIterator[RowResult]) -> list[RowResult]:
    """Send all rows and collect their results."""
    return [one async for one in results]


def said(results: list[RowResult]) -> list[tuple[int, str | None]]:
    """Return the number of each row, and the type of its error."""
    return [(one.row, one.error_type) for one in results]


async def test_create(sandbox: Sandbox, vault: Vault, tmp_path: Any) -> None:
    """Documents are there with their fields and the file that was staged; others fail alone."""
    sandbox.documents.staging["/plans/plan.pdf"] = BytesContent(b"%PDF-1.7")
    rows: list[Mapping[str, object]] = [
        {**ROW, "file": "/plans/plan.pdf", "title__v": 'a, "b"\n\\c'},
        {**ROW, "file": "/plans/lost.pdf"},
        {"name__v": "Plan", "type__v": "Protocol", "lifecycle__v": None},
    ]
    results = await all_of(vault.documents.create_many(rows))

    assert said(results) == [(1, None), (2, "INVALID_DATA"), (3, "PARAMETER_REQUIRED")]
    made = results[0].id
    assert isinstance(made, int)
    assert (await vault.documents.retrieve(made)).title == 'a, "b"\n\\c'
    saved = await vault.documents.download(made, to=tmp_path)
    assert (saved.path.name, saved.path.read_bytes()) == ("plan.pdf", b"%PDF-1.7")


async def test_update(sandbox: Sandbox, vault: Vault) -> None:
    """Fields are set by id; None clears one; a document that is not there fails its row."""
    document = sandbox.documents.add(fields={"title__v": "Old", "country__v": "AT"})
    rows = [{"id": document, "title__v": "New", "country__v": None}, {"id": 9999, "title__v": "x"}]
    rows[1]["country__v"] = "FR"

    results = await all_of(vault.documents.update_many(rows))

    assert said(results) == [(1, None), (2, "INVALID_DOCUMENT")]
    found = await vault.documents.retrieve(document)
    assert (found.title, found.fields.get("country__v")) == ("New", None)


async def test_update_takes_a_thousand_rows_a_call(sandbox: Sandbox) -> None:
    """It is the one call for documents that takes more than 500."""
    ids = [sandbox.documents.add(f"Document {n}", None) for n in range(1001)]
    async with recorded(sandbox) as (vault, recorder):
        rows = ({"id": one, "title__v": "New"} for one in ids)
        results = await all_of(vault.documents.update_many(rows))

    assert [one.id for one in results] == ids
    assert len(recorder.requests) == 2


async def test_rows_by_a_unique_field(sandbox: Sandbox, vault: Vault) -> None:
    """Documents may be found by another field than their id."""
    document = sandbox.documents.add(fields={"external_id__v": "X-1"})
    rows = [{"external_id__v": "X-1", "title__v": "New"}]

    (result,) = await all_of(vault.documents.update_many(rows, id_param="external_id__v"))

    assert (result.id, result.succeeded) == (document, True)


@pytest.mark.parametrize("as_json", [False, True])
async def test_delete(sandbox: Sandbox, vault: Vault, as_json: bool) -> None:
    """What is deleted is gone, and fails when it is deleted once more."""
    document = sandbox.documents.add()
    rows = [{"id": document}, {"id": document}]

    results = await all_of(vault.documents.delete_many(rows, as_json=as_json))

    assert said(results) == [(1, None), (2, "INVALID_DOCUMENT")]
    with pytest.raises(NotFoundError):
        await vault.documents.retrieve(document)


async def test_versions(sandbox: Sandbox, vault: Vault) -> None:
    """A version is added with its number, once; deleted, it is gone."""
    document = sandbox.documents.add()
    row = {"id": document, "major_version_number__v": 1, "minor_version_number__v": 0}

    added = await all_of(vault.documents.add_many_versions([row, row]))
    assert said(added) == [(1, None), (2, "INVALID_DATA")]
    assert added[0].fields["major_version_number__v"] == 1
    assert len(await vault.documents.retrieve_versions(document)) == 2

    gone = await all_of(vault.documents.delete_many_versions([row, row]))
    assert said(gone) == [(1, None), (2, "INVALID_DATA")]
    assert len(await vault.documents.retrieve_versions(document)) == 1


async def test_renditions(sandbox: Sandbox, vault: Vault) -> None:
    """A rendition is added from a staged file, once; deleted, it is gone."""
    document = sandbox.documents.add()
    sandbox.documents.staging["/1.pdf"] = BytesContent(b"%PDF-1.7")
    row = {"id": document, **FIRST, "rendition_type__v": VIEWABLE}

    added = vault.documents.add_many_renditions([{**row, "file": "/1.pdf"}] * 2)
    assert said(await all_of(added)) == [(1, None), (2, "INVALID_DATA")]
    (there,) = await vault.documents.renditions(document).retrieve_all()
    assert there.name == VIEWABLE

    gone = vault.documents.delete_many_renditions([row] * 2)
    assert said(await all_of(gone)) == [(1, None), (2, "INVALID_DATA")]


async def test_roles(sandbox: Sandbox, vault: Vault) -> None:
    """Users come into a role and go; who is unknown to Vault is passed over in silence."""
    document = sandbox.documents.add()
    known = next(iter(sandbox.users)).id
    row = {"id": document, "reviewer__v.users": [known, 999999999]}

    (assigned,) = await all_of(vault.documents.assign_many_roles([row]))
    assert (assigned.succeeded, assigned.fields) == (True, {"reviewer__v.users": [known]})
    assert sandbox.documents[document].roles["reviewer__v"].assigned_users == [known]

    rows = [{"id": document, "reviewer__v.users": known}] * 2
    removed = await all_of(vault.documents.remove_many_roles(rows))
    assert said(removed) == [(1, None), (2, "USER_OR_GROUP_NOT_FOUND")]


@pytest.mark.parametrize("method", ["add_many_versions", "add_many_renditions"])
async def test_without_migration_mode(sandbox: Sandbox, vault: Vault, method: str) -> None:
    """What only a migration may do is refused as a whole, unless it says that it is one."""
    results = getattr(vault.documents, method)([{"id": 1}], migration_mode=False)

    with pytest.raises(NotAllowedError, match="MigrationMode") as caught:
        await all_of(results)
    assert "row 1 of the input" in caught.value.__notes__[0]


async def test_large_assets_need_no_migration_mode(sandbox: Sandbox) -> None:
    """Then the switch for large assets goes out in its place."""
    async with recorded(sandbox) as (vault, recorder):
        await all_of(vault.documents.add_many_renditions([{"id": 1}], large_assets=True))

    (request,) = recorder.requests
    assert request.url.params["largeSizeAsset"] == "true"
    assert "x-vaultapi-migrationmode" not in request.headers


async def test_lost_answer_of_a_delete_is_asked_for_again(sandbox: Sandbox) -> None:
    """A delete by id is sent again; then its row says that there is no such document."""
    document = sandbox.documents.add()
    sandbox.faults.lost_answer(method="DELETE", path="*/batch", count=1)
    async with recorded(sandbox) as (vault, recorder):
        results = await all_of(vault.documents.delete_many([{"id": document}]))

    assert said(results) == [(1, "INVALID_DOCUMENT")]
    assert len(recorder.requests) == 2


async def test_lost_answer_of_a_create_is_an_error(sandbox: Sandbox) -> None:
    """Documents may have been created: that is said, with the rows, and nothing is sent again."""
    sandbox.faults.lost_answer(method="POST", path="*/batch")
    async with recorded(sandbox) as (vault, recorder):
        with pytest.raises(OutcomeUnknownError, match="may have been carried out") as caught:
            await all_of(vault.documents.create_many([ROW]))

    assert "row 1 of the input" in caught.value.__notes__[0]
    assert (len(recorder.requests), len(sandbox.documents)) == (1, 1)


async def test_whole_call_that_is_refused(sandbox: Sandbox, vault: Vault) -> None:
    """A failure on top is an error, not a result."""
    sandbox.faults.failure("INVALID_DATA", path="*/batch")

    with pytest.raises(InvalidDataError):
        await all_of(vault.documents.create_many([ROW]))
