"""Copies on days when the source is not what it ought to be, and when it changes meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.migration.copying import Pair, add_plans, md5s, paired
from vaultio.migration import export
from vaultio.sandbox import Sandbox


@pytest.fixture
async def pair(sandbox: Sandbox, target: Sandbox) -> AsyncIterator[Pair]:
    """A source, and an empty target."""
    async with paired(sandbox, target) as both:
        yield both


@pytest.mark.parametrize("content", [b"same", None])
async def test_an_identity_that_two_documents_have(
    content: bytes | None, pair: Pair, tmp_path: Path
) -> None:
    """A field that is not unique merges nothing: who shares a value is named, and fails."""
    for name, title in (("A", "one"), ("B", "one"), ("C", "two")):
        pair.source.documents.add(name, content, fields={"title__v": title})

    report = await pair.copied(tmp_path, identity="title__v")

    assert list(md5s(pair.target)) == ["C"]
    assert [one.error_type for one in report.failures] == ["InvalidDataError"] * 2


async def test_an_identity_that_is_found_twice_later(pair: Pair, tmp_path: Path) -> None:
    """What was copied stays as it is; what is called the same afterwards is not taken for it."""
    pair.source.documents.add("A", b"same", fields={"title__v": "one"})
    await pair.copied(tmp_path, identity="title__v")
    pair.source.documents.add("B", b"same", fields={"title__v": "one"})

    report = await pair.copied(tmp_path, identity="title__v")

    assert (list(md5s(pair.target)), report.failed) == (["A"], 1)


async def test_a_version_that_was_added_meanwhile(pair: Pair, tmp_path: Path) -> None:
    """A second copy of the latest versions says what it cannot add; one of all of them adds it."""
    add_plans(pair.source, 1)
    await pair.copied(tmp_path / "one")
    pair.source.documents.add_version(next(iter(pair.source.documents)).id, b"second")

    report = await pair.copied(tmp_path / "one")
    again = await pair.copied(tmp_path / "all", versions="all")

    assert [one.error_type for one in report.failures] == ["NotAllowedError"]
    assert (again.failed, md5s(pair.target)) == (0, md5s(pair.source))


async def test_an_export_of_a_file_that_changed_after_it_was_listed(
    pair: Pair, tmp_path: Path
) -> None:
    """It is held against what the source knows by the time of the next run."""
    add_plans(pair.source, 2)
    changed = pair.source.documents[2].latest
    changed.fields["md5checksum__v"] = "0" * 32
    first = await export(pair.here, tmp_path)
    del changed.fields["md5checksum__v"]

    second = await export(pair.here, tmp_path)

    assert [one.error_type for one in first.failures] == ["ChecksumError"]
    assert (second.failed, second.verified) == (0, 2)
