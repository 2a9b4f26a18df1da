"""Archives: vaults with as much in them as a test wants, from a seed."""

from __future__ import annotations

import tracemalloc

import pytest

from vaultio.sandbox import Archive, Sandbox


def test_sizes_and_bytes() -> None:
    """There are as many files of each size as was said, the large ones spread, all different."""
    sandbox = Sandbox.archive(Archive(small=90, small_bytes=300, large=10, large_bytes=5_000))

    contents = [one.latest.source.content for one in sandbox.documents if one.latest.source]
    large = [place for place, content in enumerate(contents) if content.size == 5_000]
    assert large == list(range(9, 100, 10))
    assert {content.size for content in contents} == {300, 5_000}
    assert len({content.md5 for content in contents}) == 100


def test_it_is_the_same_on_every_run() -> None:
    """The seed says all bytes; another seed, other bytes."""

    def md5s(seed: int) -> list[str]:
        sandbox = Sandbox.archive(Archive(small=5, large=0, seed=seed))
        return [one.latest.source.content.md5 for one in sandbox.documents if one.latest.source]

    assert md5s(1) == md5s(1)
    assert not set(md5s(1)) & set(md5s(2))


def test_rich_documents() -> None:
    """All that a migration brings along is there."""
    sandbox = Sandbox.archive(Archive(small=50, small_bytes=100, large=0, rich=1, binders=3))
    documents = [one for one in sandbox.documents if not one.binder]
    relations = [sandbox.relationships.of(one, one.versions[0]) for one in documents]
    binders = [one for one in sandbox.documents if one.binder]

    assert sum(len(one.versions) for one in documents) == 60
    assert sum(len(one.latest.renditions) for one in documents) == 20
    assert sum(len(a.versions) for one in documents for a in one.attachments) == 30
    assert sum(map(len, relations)) == 20
    assert sum(bool(one.roles["legal__c"].assigned_users) for one in documents) == 10
    assert [sum(1 for _ in sandbox.binders.tree(one).below()) for one in binders] == [9, 9, 10]


def test_none_at_all() -> None:
    """A vault to bring an archive into has its type and its people, and no documents."""
    full, empty = (Sandbox.archive(Archive(small=n, large=0)) for n in (3, 0))

    assert len(empty.documents) == 0
    assert [one.name for one in empty.document_types] == [one.name for one in full.document_types]
    assert [one.id for one in empty.users] == [one.id for one in full.users]


@pytest.mark.heavy
def test_a_large_one_takes_little_memory() -> None:
    """20,200 documents of 4.4 GB are less than 8 KiB each."""
    tracemalloc.start()
    try:
        sandbox = Sandbox.archive()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(sandbox.documents) == 20_200
    assert held < 20_200 * 8_192


def test_nothing_is_less_than_none() -> None:
    """Numbers below 0 are refused."""
    with pytest.raises(ValueError, match="small"):
        Archive(small=-1)
