"""The book of a migration: what is claimed, settled, found again, and refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.migration.books import JOB, book, draft, drafts, states
from tests.migration.conftest import files
from vaultio import InvalidArgumentError, TargetError
from vaultio.migration import schema
from vaultio.migration.entries import Draft, Result, Sample
from vaultio.migration.manifest import NAME, Manifest


async def test_what_is_found_twice_is_entered_once(tmp_path: Path) -> None:
    """The key decides; what is known stays as it is."""
    async with book(tmp_path) as manifest:
        first = await manifest.add(drafts([1, 2]))
        again = await manifest.add([draft(2, size=99), draft(3)])

        entry = await manifest.entry("document/2/0.1/source")
    assert (first, again) == (2, 1)
    assert entry is not None
    assert entry.expected_size == 10


async def test_an_item_is_claimed_by_one(tmp_path: Path) -> None:
    """Claims follow the order of finding, and do not overlap."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(1, 6)))

        mine = await manifest.claim("files", "a", 2, 60)
        yours = await manifest.claim("files", "b", 9, 60)

    assert [one.source_id for one in mine] == ["1", "2"]
    assert [one.source_id for one in yours] == ["3", "4", "5"]
    assert {(one.state, one.holder, one.tries) for one in mine} == {("leased", "a", 1)}


async def test_a_lease_that_ended_is_anybodys(tmp_path: Path) -> None:
    """Who has died loses what it had; who renews keeps it."""
    now = [0.0]
    async with Manifest(tmp_path / NAME, JOB, wall_clock=lambda: now[0]) as manifest:
        await manifest.add(drafts([1, 2]))
        await manifest.claim("files", "dead", 1, 60)
        await manifest.claim("files", "alive", 1, 60)
        now[0] = 50.0
        await manifest.renew("alive", 60)
        now[0] = 70.0

        [taken] = await manifest.claim("files", "new", 9, 60)

    assert (taken.source_id, taken.tries) == ("1", 2)


async def test_settling_ends_a_lease(tmp_path: Path) -> None:
    """What became of items is in the book: all of them or none."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2, 3]))
        one, two, _ = await manifest.claim("files", "a", 3, 60)
        await manifest.settle(
            [
                Result(number=one.number, state="done", size=7, md5="0" * 32, verified="md5"),
                Result(number=two.number, state="failed", error_type="X", message="no"),
            ]
        )

        done, failed = [await manifest.entry(entry.key) for entry in (one, two)]
    assert done is not None
    assert failed is not None
    assert (done.state, done.holder, done.size, done.path) == ("done", None, 7, one.path)
    assert (failed.state, failed.error_type, failed.message) == ("failed", "X", "no")


async def test_a_late_failure_takes_nothing_back(tmp_path: Path) -> None:
    """Who comes with an error after somebody else has done the item changes nothing."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1]))
        [one] = await manifest.claim("files", "a", 1, 60)
        await manifest.settle([Result(number=one.number, state="done", size=7)])
        await manifest.settle([Result(number=one.number, state="failed", message="late")])

        assert await states(manifest) == {"done": 1}


async def test_what_is_released_waits_again(tmp_path: Path) -> None:
    """Leases are released holder by holder, or those of all dead runs at once."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2, 3]))
        for holder in ("a", "b", "c"):
            await manifest.claim("files", holder, 1, 60)

        assert await manifest.release("c") == 1
        assert await states(manifest) == {"found": 1, "leased": 2}
        assert await manifest.release() == 2


async def test_what_was_never_begun_was_not_tried(tmp_path: Path) -> None:
    """An item that is given back looks as if it had never been claimed."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1]))
        [one] = await manifest.claim("files", "a", 1, 60)
        await manifest.give_back([one.number])

        [again] = await manifest.claim("files", "b", 1, 60)
    assert again.tries == 1


async def test_failures_are_tried_again(tmp_path: Path) -> None:
    """All that failed waits again, and nothing else does."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2]))
        one, two = await manifest.claim("files", "a", 2, 60)
        await manifest.settle([Result(number=one.number, state="done")])
        await manifest.settle([Result(number=two.number, state="failed", message="no")])
        assert [one.source_id for one in await manifest.failures(9)] == ["2"]

        assert await manifest.retry_failed() == 1
        assert await states(manifest) == {"done": 1, "found": 1}


async def test_entries_come_in_pages(tmp_path: Path) -> None:
    """All items in their order, however many; those of a state or a stage if asked for."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(2500)))
        await manifest.add(drafts([9999], stage="binders"))
        every = [one.source_id async for one in manifest.entries()]
        some = [one.source_id async for one in manifest.entries(stage="binders", state="found")]

    assert every == [*map(str, range(2500)), "9999"]
    assert some == ["9999"]


async def test_what_is_noted_is_refreshed(tmp_path: Path) -> None:
    """An item about which nothing is to be done keeps the latest that is known of it."""
    async with book(tmp_path) as manifest:
        for value in ("old", "new"):
            noted = Draft(
                key="document/1/0.1",
                stage="documents",
                kind="document",
                source_id="1",
                state="done",
                data={"name__v": value},
            )
            assert await manifest.add([noted]) == (value == "old")

        [entry] = await manifest.of_source("1")
    assert (entry.data, entry.state) == ({"name__v": "new"}, "done")


async def test_notes_and_samples_are_kept(tmp_path: Path) -> None:
    """How far a listing has come, and how far the job was, survive the run."""
    sample = Sample(at=1.0, done=2, failed=0, size=3, calls=4, waited_s=0.5, used=6, quota=7)
    async with book(tmp_path) as manifest:
        await manifest.note("cursor:documents", {"after": 7})
        await manifest.sample(sample)

    async with Manifest(tmp_path / NAME) as manifest:
        assert (await manifest.job())["cursor:documents"] == {"after": 7}
        assert await manifest.samples(last=1) == [sample]


@pytest.mark.parametrize("changes", [{"kind": "import"}, {"source": "https://b.example"}])
async def test_another_job_is_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    """Rows of two jobs are never mixed in one book."""
    async with book(tmp_path):
        pass

    with pytest.raises(InvalidArgumentError, match="accounts for another job"):
        async with book(tmp_path, **changes):
            pass


async def test_a_later_schema_is_refused(tmp_path: Path) -> None:
    """A book of a later vaultio is not touched, and says what to do."""
    async with book(tmp_path):
        pass
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    database.close()

    with pytest.raises(InvalidArgumentError, match="later vaultio"):
        async with book(tmp_path):
            pass


async def test_an_earlier_schema_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of the job upgrades its book; who only looks is told to run it."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1]))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    change = "ALTER TABLE items ADD COLUMN more TEXT; INSERT INTO job VALUES ('new', '1')"
    monkeypatch.setitem(schema._UPGRADES, schema.VERSION - 1, change)

    with pytest.raises(InvalidArgumentError, match="earlier vaultio"):
        async with Manifest(tmp_path / NAME):
            pass
    async with book(tmp_path) as manifest:
        assert await states(manifest) == {"found": 1}
        assert (await manifest.job())["new"] == 1


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
async def test_a_file_that_is_no_manifest(tmp_path: Path, content: bytes) -> None:
    """Another file is refused, also an empty one when one only wants to look."""
    (tmp_path / NAME).write_bytes(content)

    with pytest.raises((TargetError, InvalidArgumentError), match="manifest"):
        async with Manifest(tmp_path / NAME):
            pass

    assert (tmp_path / NAME).read_bytes() == content


async def test_another_database_is_refused(tmp_path: Path) -> None:
    """A database of somebody else is left alone."""
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute("CREATE TABLE theirs (x)")
    database.close()

    with pytest.raises(InvalidArgumentError, match="no manifest of vaultio"):
        async with book(tmp_path):
            pass


async def test_looking_where_there_is_none(tmp_path: Path) -> None:
    """Nothing is made by looking."""
    with pytest.raises(InvalidArgumentError, match="there is no manifest"):
        async with Manifest(tmp_path / NAME):
            pass

    assert files(tmp_path) == []
