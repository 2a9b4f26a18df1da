"""How documents are found: none is lost, whatever happens while they are listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migration.conftest import files
from vaultio import Vault
from vaultio.migration import AllDocuments, ById, ByQuery, Event, Export, Listed, export
from vaultio.migration.discovery import CHUNK, Discovery
from vaultio.sandbox import Sandbox


@pytest.fixture
def paged(sandbox: Sandbox) -> list[int]:
    """Forty-five documents, in pages of ten."""
    sandbox.settings.documents_limit = sandbox.settings.query_page_documents = 10
    return [sandbox.documents.add(f"Plan {number}") for number in range(45)]


async def found(discovery: Discovery, place: object = None) -> list[int]:
    """List the ids of all documents from a place on."""
    return [one.document.id async for page in discovery.pages(place) for one in page.found]


@pytest.mark.parametrize("size", ["total", "page"])
async def test_pages_overlap_by_a_row(
    vault: Vault, sandbox: Sandbox, paged: list[int], size: str
) -> None:
    """Each document is found once, whatever Vault means by size."""
    sandbox.settings.documents_size = size  # type: ignore[assignment]

    assert await found(Discovery(vault, AllDocuments(), all_versions=False)) == paged


async def test_a_document_deleted_meanwhile_hides_no_other(
    vault: Vault, sandbox: Sandbox, paged: list[int]
) -> None:
    """Rows that move up while the list is read do not fall between two pages."""
    ids, pages = set[int](), Discovery(vault, AllDocuments(), all_versions=False).pages()
    async for page in pages:
        if not ids:
            for gone in paged[:3]:
                sandbox.documents.delete(gone)
        ids |= {one.document.id for one in page.found}

    assert set(paged[3:]) <= ids


@pytest.mark.parametrize(
    ("selection", "all_versions"),
    [
        (AllDocuments(), False),
        (AllDocuments(), True),
        (ByQuery("SELECT id FROM documents"), False),
        (ById(range(1, 46)), False),
    ],
)
async def test_a_list_goes_on_from_any_page(
    vault: Vault, paged: list[int], selection: AllDocuments, all_versions: bool
) -> None:
    """From the place that a page says, the rest is found and nothing else."""
    discovery = Discovery(vault, selection, all_versions=all_versions)
    before = list[int]()
    async for page in discovery.pages():
        before += [one.document.id for one in page.found]
        if page.place is None:
            break
        rest = await found(Discovery(vault, selection, all_versions=all_versions), page.place)
        assert before + rest == paged


async def test_a_link_that_is_too_old_begins_anew(
    vault: Vault, sandbox: Sandbox, paged: list[int]
) -> None:
    """Vault forgets its pages after three days; then the list is read from its start."""
    discovery = Discovery(vault, ByQuery("SELECT id FROM documents"), all_versions=False)
    first = await anext(discovery.pages())
    place = {**first.place, "link": "/api/v11.0/query/forgotten?limit=10&offset=10"}

    assert await found(discovery, place) == paged


@pytest.mark.heavy
async def test_many_ids_are_looked_up_together(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Two hundred a call; one that there is not fails, in Vault's own words, for a call."""
    ids = [sandbox.documents.add(f"Plan {number}") for number in range(CHUNK + 10)]

    report = await export(vault, tmp_path, selection=ById([*ids, 4711]))

    assert (report.files, report.failed, report.documents) == (len(ids), 1, len(ids) + 1)
    assert report.calls == sandbox.quota.calls == 1 + 2 + len(ids) + 1
    assert "4711" in (report.failures[0].message or "")


async def test_a_stopped_run_is_not_listed_again(
    vault: Vault, paged: list[int], tmp_path: Path
) -> None:
    """What was found before stays found; another selection is listed all the same."""
    job = Export(vault, tmp_path, concurrency=1)

    def stop(event: Event) -> None:
        if isinstance(event, Listed) and event.is_all:
            job.stop()

    first = await job.execute(stop)
    rest = await export(vault, tmp_path)
    other = await export(vault, tmp_path, selection=ById(paged[:1]))

    assert first.calls + rest.calls == 5 + 45
    assert (rest.files, other.calls) == (45, 2)
    assert len(files(tmp_path)) == 45
