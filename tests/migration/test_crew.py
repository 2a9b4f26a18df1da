"""Work that others do: batches of an export, and files that several fetch at once."""

from __future__ import annotations

from contextlib import aclosing, suppress
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from tests.migration.conftest import EVERYTHING, files, items
from tests.migration.neighbours import Neighbours
from vaultio import ClusterError, Vault
from vaultio.migration import MANIFEST_NAME, Entry, Export, Finished, Include, export
from vaultio.migration.fetching import fetched
from vaultio.sandbox import Sandbox


async def test_a_crew_brings_the_same(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """What a crew does costs the calls and leaves the files and rows of an export alone."""
    for number in range(10):
        document = sandbox.documents.add(f"Plan {number}")
        sandbox.documents.add_rendition(document, "viewable_rendition__v", b"pdf")
        sandbox.documents.add_attachment(document, "a.txt", b"attached")

    alone = await export(vault, tmp_path / "alone", include=EVERYTHING)
    crew = Neighbours()
    together = await export(vault, tmp_path / "crew", include=EVERYTHING, crew=crew)

    assert max(crew.batches_done) == 4
    assert files(tmp_path / "crew") == files(tmp_path / "alone")
    assert (together.calls, together.tallies) == (alone.calls, alone.tallies)


async def test_a_crew_is_stopped(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """What it has begun is done; the rest of its batches is given back, for the next run."""
    for number in range(20):
        sandbox.documents.add(f"Plan {number}")
    job, done = Export(vault, tmp_path, crew=Neighbours(batch_size=10)), 0
    async with aclosing(job.run()) as events:
        async for event in events:
            done += isinstance(event, Finished)
            job.stop()

    assert done < 20
    assert {one.state for one in await items(tmp_path, "source")} <= {"done", "found"}
    assert (await export(vault, tmp_path, crew=Neighbours())).files == 20


async def test_an_outage_at_a_worker(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """When nothing gets through there any more the run ends, and little has failed."""
    for number in range(60):
        sandbox.documents.add(f"Plan {number}")
    sandbox.faults.html(path="*/file", count=None)

    with pytest.raises(ClusterError, match="NotVaultError"):
        await export(vault, tmp_path, crew=Neighbours())
    assert len([one for one in await items(tmp_path) if one.state == "failed"]) < 30


async def entry_of(vault: Vault, folder: Path) -> Entry:
    """Export the only document and take its item, as if nobody had begun it."""
    await export(vault, folder)
    [entry] = await items(folder, "source")
    return entry


async def test_a_twin_that_comes_late(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A file that is whole costs no call and is not written again."""
    sandbox.documents.add("Plan", b"source", file_name="a.txt")
    entry = await entry_of(vault, tmp_path)
    file, calls = tmp_path / str(entry.path), sandbox.quota.calls
    before = file.stat().st_ino

    result = await fetched(vault, entry, tmp_path, lambda _, __: None, has_twins=True)

    assert (result.md5, result.verified) == (entry.md5, "md5")
    assert (file.stat().st_ino, sandbox.quota.calls) == (before, calls)


async def test_a_twin_that_is_overtaken(
    vault: Vault, sandbox: Sandbox, tmp_path: Path, blockbuster: BlockBuster
) -> None:
    """Whose file appears while one fetches it: that one stays, and both say the same of it."""
    sandbox.documents.add("Plan", b"source", file_name="a.txt")
    entry = await entry_of(vault, tmp_path)
    file = tmp_path / str(entry.path)
    before, aside = file.stat().st_ino, file.rename(tmp_path / "aside")
    blockbuster.functions["os.rename"].can_block_in("migration/test_crew.py", "overtake")

    def overtake(size: int, total: int | None) -> None:
        with suppress(FileNotFoundError):
            aside.rename(file)

    result = await fetched(vault, entry, tmp_path, overtake, has_twins=True)
    assert (result.md5, result.size, file.stat().st_ino) == (entry.md5, 6, before)
    assert files(tmp_path) == [entry.path]


@pytest.mark.parametrize("include", ["source", "renditions"])
async def test_what_lies_in_the_way(
    vault: Vault, sandbox: Sandbox, tmp_path: Path, include: Include
) -> None:
    """What is not the file is replaced, be it known what the file is like or not."""
    document = sandbox.documents.add("Plan", b"right", file_name="a.txt")
    sandbox.documents.add_rendition(document, "viewable_rendition__v", b"right", file_name="a.txt")
    await export(vault, tmp_path, include=[include])
    [name] = files(tmp_path)
    (tmp_path / name).write_bytes(b"wrong")
    (tmp_path / MANIFEST_NAME).unlink()

    report = await export(vault, tmp_path, include=[include], crew=Neighbours())

    assert ((tmp_path / name).read_bytes(), report.files) == (b"right", 1)
