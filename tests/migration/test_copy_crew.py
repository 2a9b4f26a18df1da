"""Copies by workers elsewhere, and workers that are taken for dead and live on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio import Path as AsyncPath
from attrs import define, evolve, field

from tests.migration.conftest import top
from tests.migration.copying import Pair, add_plans, entries, md5s, paired
from tests.migration.importing import filled, picture
from tests.migration.neighbours import Neighbours
from tests.migration.test_copy import EVERYTHING
from vaultio import InvalidArgumentError, Vault
from vaultio.migration import Draft, Finished, Manifest, claims
from vaultio.migration.crew import Batch, Bench, Done, Hands, Task
from vaultio.migration.manifest import NAME
from vaultio.sandbox import Sandbox

STORE = "redis://127.0.0.1:1/0"


@pytest.fixture
async def pair(sandbox: Sandbox, target: Sandbox) -> AsyncIterator[Pair]:
    """Two vaults behind sockets."""
    async with paired(sandbox, target) as pair:
        yield pair


async def test_a_crew_copies_the_same(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All arrives once, in order, whatever the size of a batch; nothing else is left."""
    monkeypatch.chdir(tmp_path)
    filled(pair.source)
    pair.source.documents.add_rendition(1, "gone__c", b"gone")

    crew = Neighbours(batch_size=1, batches=3)
    report = await pair.copied(Path("copy"), include=EVERYTHING, versions="all", crew=crew)

    assert (report.failures, report.documents) == ((), 8)
    assert picture(pair.target) == picture(pair.source)
    assert max(crew.batches_done) == 2  # the versions of one document, its attachments
    left = {name for name in top(tmp_path / "copy") if not name.startswith("vaultio-")}
    assert (left, top(tmp_path / "copy" / "spool")) == ({"spool"}, set())


async def test_what_a_document_costs(pair: Pair, tmp_path: Path) -> None:
    """As many calls as without a crew, where a batch is as large as a page."""
    add_plans(pair.source, 20)

    report = await pair.copied(tmp_path, crew=Neighbours(batch_size=None))

    assert md5s(pair.target) == md5s(pair.source)
    assert (report.verified, report.calls) == (20, 20 + 1 + 20 + 1 + 1 + 1)
    assert (pair.source.quota.calls, pair.target.quota.calls) == (20 + 1, 20 + 1 + 1 + 1)


async def test_one_type_of_rendition(pair: Pair, tmp_path: Path) -> None:
    """That some have none is no failure."""
    add_plans(pair.source, 3)
    pair.source.documents.add_rendition(1, "print__c", b"print")

    include, types = ["source", "renditions"], ["print__c"]
    crew = Neighbours()
    report = await pair.copied(tmp_path, include=include, rendition_types=types, crew=crew)

    assert (report.failed, report.reasons) == (0, {"not there": 2})


async def test_fields_that_the_target_does_not_know(pair: Pair, tmp_path: Path) -> None:
    """Workers tell of them, and the manifest keeps them."""
    pair.source.documents.add("Plan", b"a", fields={"strange__c": "x"})

    await pair.copied(tmp_path, crew=Neighbours())

    async with Manifest(tmp_path / NAME) as manifest:
        assert "strange__c" in (await manifest.job())["left_out"]


async def test_a_stop(pair: Pair, tmp_path: Path) -> None:
    """What was begun is done, the rest waits for the next run."""
    add_plans(pair.source, 40)
    job, done = pair.copy(tmp_path, crew=Neighbours(batch_size=20)), 0
    async with aclosing(job.run()) as events:
        async for event in events:
            done += isinstance(event, Finished)
            job.stop()

    assert {one.state for one in await entries(tmp_path)} <= {"done", "found"}
    assert done < 40
    report = await pair.copied(tmp_path, crew=Neighbours())
    assert (report.failed, md5s(pair.target)) == (0, md5s(pair.source))


@define
class Doubted(Neighbours):
    """A worker that is taken for dead when it has just begun, and lives on beside the other."""

    late: list[Done] = field(factory=list)
    """What came of the batches that the first one had begun."""

    _claims: AsyncPath = field(init=False)
    _doubted: Bench = field(init=False)

    @asynccontextmanager
    async def gathered(
        self, vaults: Sequence[Vault], folder: Path, task: Task
    ) -> AsyncIterator[Hands]:
        """Be both workers."""
        self._claims = AsyncPath(folder / claims.FOLDER)
        async with task.bench(vaults, 2) as self._doubted, task.bench(vaults, 2) as self._bench:
            yield self

    async def work(self, batch: Batch) -> Done:
        """Let both do a batch, the second one for good."""
        first = asyncio.ensure_future(self._doubted.work(batch))
        while not await (self._claims / batch.key).exists():  # noqa: ASYNC110 # nobody tells
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        done = await super().work(batch)
        self.late.append(await first)
        return done


async def test_a_worker_that_is_taken_for_dead(pair: Pair, tmp_path: Path) -> None:
    """It ends when it sees that; what it had sent is found, and nothing is there twice."""
    filled(pair.source)
    for number in range(4, 9):
        pair.source.documents.add_version(1, b"version %d" % number)
        pair.source.documents.add_attachment(2, "note.txt", b"note %d" % number)
    pair.target.faults.delay(0.15, method="POST", path="*/objects/documents*", count=None)
    crew = Doubted(batch_size=8)

    options: dict[str, Any] = {"include": EVERYTHING, "versions": "all", "settle_s": 0.5}
    report = await pair.copied(tmp_path, crew=crew, **options)

    assert report.failures == ()
    assert picture(pair.target) == picture(pair.source)
    assert any(one.state == "found" for done in crew.late for one in done.results)
    assert [done.trouble for done in crew.late if done.trouble] == []


async def test_a_copy_needs_both_recipes(pair: Pair, tmp_path: Path) -> None:
    """Workers that could open the source alone are not called."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    from vaultio.integrations.dask import DaskCrew, Recipe

    recipe = Recipe(url=pair.here.base_url, api_version="v11.0", access_token="env:A", store=STORE)
    with pytest.raises(InvalidArgumentError, match=r"target=Recipe\(\.\.\.\)"):
        await pair.copied(tmp_path, crew=DaskCrew("tcp://127.0.0.1:1", recipe))


@pytest.mark.parametrize("is_whole", [True, False])
async def test_whole_documents(tmp_path: Path, is_whole: bool) -> None:
    """A batch that is whole has all that waits of its documents, and of no others."""
    drafts = [
        Draft(key=f"{owner} {one}", stage=stage, kind="attachment", source_id=owner)
        for stage in ("attachments", "versions")
        for one in range(3)
        for owner in ("1", "2", "3")
    ]
    drafts = [evolve(one, key=f"{one.stage} {one.key}") for one in drafts]
    async with Manifest(tmp_path / NAME, {"kind": "copy", "settings": {}}) as manifest:
        await manifest.add(drafts)
        claimed = await manifest.claim("attachments", "me", 2, 60.0, is_whole=is_whole)

    assert {one.stage for one in claimed} == {"attachments"}
    found = Counter(one.source_id for one in claimed)
    assert found == ({"1": 3, "2": 3} if is_whole else {"1": 1, "2": 1})
