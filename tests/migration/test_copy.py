"""Copies from vault to vault: what arrives, what it costs, and what is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.migration.copying import Pair, add_plans, md5s, paired
from tests.migration.importing import filled, picture
from vaultio import InvalidArgumentError
from vaultio.migration import ByQuery, Copy, Event, Include, Progressed, copy
from vaultio.sandbox import Sandbox

EVERYTHING: tuple[Include, ...] = (
    *("source", "renditions", "attachments", "roles", "relationships", "binders"),
)


@pytest.fixture
async def pair(sandbox: Sandbox, target: Sandbox) -> AsyncIterator[Pair]:
    """Two vaults behind sockets."""
    async with paired(sandbox, target) as pair:
        yield pair


async def test_everything_arrives(pair: Pair, tmp_path: Path) -> None:
    """All that a vault holds is in the other, once, with its ids mapped."""
    filled(pair.source)

    report = await pair.copied(tmp_path, include=EVERYTHING, versions="all")

    assert (report.failures, report.reasons) == ((), {"nobody in a role": 2})
    assert picture(pair.target) == picture(pair.source)
    assert report.documents == 8


async def test_what_a_document_costs(pair: Pair, tmp_path: Path) -> None:
    """One call on either side, and in pages of 200 one at the source and two at the target."""
    add_plans(pair.source, 250)

    report = await pair.copied(tmp_path)

    assert md5s(pair.target) == md5s(pair.source)
    assert (report.verified, report.failed, report.files) == (250, 0, 250)
    assert pair.source.quota.calls == 250 + 2
    assert pair.target.quota.calls == 250 + 2 + 2 + 1


async def test_a_second_run_makes_nothing_new(pair: Pair, tmp_path: Path) -> None:
    """It asks in pages what is there, fetches no file, and brings what is new."""
    filled(pair.source)
    await pair.copied(tmp_path, include=EVERYTHING, versions="all")
    pair.source.documents.add("New", b"new")
    fetched = pair.source.faults.delay(0, path="*/file", count=None)

    report = await pair.copied(tmp_path, include=EVERYTHING, versions="all")

    assert report.failures == ()
    assert picture(pair.target) == picture(pair.source)
    assert fetched.hits == 1


async def test_a_new_spool_makes_nothing_new(pair: Pair, tmp_path: Path) -> None:
    """A copy that knows nothing of the first finds in the target what that made."""
    filled(pair.source)
    await pair.copied(tmp_path / "one", include=EVERYTHING, versions="all")

    report = await pair.copied(tmp_path / "two", include=EVERYTHING, versions="all")

    assert report.failures == ()
    assert picture(pair.target) == picture(pair.source)


async def test_a_query_that_says_little(pair: Pair, tmp_path: Path) -> None:
    """However little the rows of a query say, all fields are copied."""
    pair.source.documents.add("Plan", b"a", fields={"title__v": "Title"})
    fields = "id, major_version_number__v, minor_version_number__v, filename__v, size__v"

    await pair.copied(tmp_path, selection=ByQuery(f"SELECT {fields} FROM documents"))

    [one] = pair.target.documents
    assert one.latest.fields["title__v"] == "Title"


async def test_one_type_of_rendition(pair: Pair, tmp_path: Path) -> None:
    """It is asked for without a look; that some have none is no failure, and no document lacks."""
    add_plans(pair.source, 4)
    pair.source.documents.add_rendition(1, "print__c", b"print")

    types = ["print__c"]
    report = await pair.copied(
        tmp_path, include=["source", "renditions"], rendition_types=types, concurrency=2
    )

    assert (report.failed, report.reasons) == (0, {"not there": 3})
    have = [one.latest.renditions.keys() for one in pair.target.documents]
    assert sorted("print__c" in one for one in have) == [False, False, False, True]


async def test_a_file_that_changed_after_it_was_listed(pair: Pair, tmp_path: Path) -> None:
    """It is not what was to be copied: it fails, and comes with the next run."""
    add_plans(pair.source, 3)
    changed = pair.source.documents[2].latest
    changed.fields["md5checksum__v"] = "0" * 32
    first = await pair.copied(tmp_path)
    del changed.fields["md5checksum__v"]

    second = await pair.copied(tmp_path)

    assert [one.error_type for one in first.failures] == ["ChecksumError"]
    assert (second.failures, second.verified) == ((), 3)
    assert md5s(pair.target) == md5s(pair.source)


async def test_a_file_that_arrives_broken(pair: Pair, tmp_path: Path) -> None:
    """What the target says it has is held against what was sent."""
    add_plans(pair.source, 2)

    def spoil(event: Event) -> None:
        if isinstance(event, Progressed):
            for one in pair.target.documents:
                one.latest.fields["md5checksum__v"] = "0" * 32

    report = await pair.copied(tmp_path, spoil, concurrency=1)

    assert {one.error_type for one in report.failures} <= {"ChecksumError"}
    assert report.failed + report.verified == 2
    assert report.failed > 0


async def test_a_type_that_the_target_does_not_know(pair: Pair, tmp_path: Path) -> None:
    """It fails with what Vault says; what belongs to it says what it waits for; others go on."""
    add_plans(pair.source, 3)
    for one in range(1, 4):
        pair.source.documents.add_attachment(one, "a.txt", b"a")
    pair.target.faults.failure("INVALID_DATA", "No such type.", method="POST", path="*/documents")

    report = await pair.copied(tmp_path, include=EVERYTHING)

    first, second = report.failures
    assert (first.kind, first.error_type) == ("document", "InvalidDataError")
    assert "No such type." in (first.message or "")
    assert second.message == f"needs document {first.source_id}: tried again once that is there"
    assert (len(pair.target.documents), report.verified) == (2, 2)
    assert (await pair.copied(tmp_path, include=EVERYTHING)).failed == 0


async def test_lost_answers(pair: Pair, tmp_path: Path) -> None:
    """A target that commits and does not answer gets nothing twice."""
    add_plans(pair.source, 60)
    for one in range(1, 21):
        pair.source.documents.add_attachment(one, "a.txt", b"attached")
    pair.target.faults.lost_answer(method="POST", path="/objects/*", share=0.1, seed=3)

    report = await pair.copied(tmp_path, include=EVERYTHING)

    assert report.failures == ()
    assert md5s(pair.target) == md5s(pair.source)
    assert sum(len(list(one.attachments)) for one in pair.target.documents) == 20


async def test_one_vault_is_no_pair(pair: Pair, tmp_path: Path) -> None:
    """Source and target by mistake the same is refused before anything is sent."""
    with pytest.raises(InvalidArgumentError, match="same_vault"):
        Copy(pair.here, pair.here, spool=tmp_path)

    assert pair.source.quota.calls == 0


async def test_within_a_vault(pair: Pair, tmp_path: Path) -> None:
    """Who insists gets each document once more, and not copies of copies."""
    pair.source.documents.add("Plan", b"a", fields={"external_id__v": "X"})
    add_plans(pair.source, 2)

    for _ in range(2):
        report = await copy(pair.here, pair.here, spool=tmp_path, same_vault=True, settle_s=0)

    assert report.failed == 0
    assert {name: len(found) for name, found in md5s(pair.source).items()} == dict.fromkeys(
        ("Plan", "Plan 0", "Plan 1"), 2
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"include": ["annotations"]},
        {"include": ["renditions"]},
        {"versions": "some"},
        {"concurrency": 0},
        {"settle_s": -1.0},
        {"spool_size": 0},
        {"identity": "no field"},
    ],
)
async def test_what_cannot_be_meant(pair: Pair, tmp_path: Path, wrong: dict[str, Any]) -> None:
    """It is refused at once."""
    with pytest.raises(InvalidArgumentError):
        pair.copy(tmp_path, **wrong)


async def test_a_plan_of_a_copy(pair: Pair, tmp_path: Path) -> None:
    """Calls on both sides are those that it then takes; nothing is written."""
    add_plans(pair.source, 30)
    pair.source.documents.add("Placeholder", None)
    for one in range(1, 11):
        pair.source.documents.add_attachment(one, "a.txt", b"attached")

    plan = await pair.copy(tmp_path / "new", include=EVERYTHING).plan()
    planned = pair.source.quota.calls, pair.target.quota.calls
    await pair.copied(tmp_path / "new", include=EVERYTHING)

    assert planned == (plan.spent, 0)
    assert (plan.documents, plan.files, plan.is_estimate) == (31, 40, False)
    assert plan.calls_source == pair.source.quota.calls - plan.spent
    assert plan.calls_target == pytest.approx(pair.target.quota.calls, abs=1)
