"""Whose a batch is, when several workers take it for theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultio import ClusterError
from vaultio.migration import claims
from vaultio.migration.claims import claimed, new_holder, offered


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """The folder of a job, with a place for claims."""
    await claims.begin(tmp_path)
    return tmp_path


async def test_who_comes_last_has_it(folder: Path) -> None:
    """The first one finds out that the claim is lost; its end changes nothing of the other's."""
    first, second = new_holder(), new_holder()
    one = await claimed(folder, "batch", first)
    await one.check()

    other = await claimed(folder, "batch", second)

    assert (one.before, other.before) == (None, first)
    with pytest.raises(ClusterError, match="another worker has taken the batch over"):
        await one.check()
    await one.finish()
    await other.check()


async def test_what_was_finished(folder: Path) -> None:
    """Whoever takes it then knows that nothing is under way, and that it is not new."""
    one = await claimed(folder, "batch", new_holder())
    await one.finish()

    assert (await claimed(folder, "batch", new_holder())).before == ""


@pytest.mark.parametrize("is_new_run", [False, True])
async def test_nobody_has_it_any_more(folder: Path, is_new_run: bool) -> None:
    """The end of a batch, and another run of the job, take a claim from whoever has it."""
    async with offered(folder, "batch"):
        one = await claimed(folder, "batch", new_holder())
        if is_new_run:
            await claims.begin(folder)
    with pytest.raises(ClusterError):
        await one.check()

    await one.finish()
    assert list((folder / claims.FOLDER).iterdir()) == []
