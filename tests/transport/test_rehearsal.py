"""Rehearsals: what reads is sent, what would write is told, and never sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultio import InvalidArgumentError, Vault
from vaultio.sandbox import Sandbox
from vaultio.transport.rehearsal import Rehearsed, RehearsedError


async def test_nothing_that_writes_is_sent(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Creates, updates, deletes, starts and check-outs are told."""
    document, told = sandbox.documents.add("Plan", b"x"), list[Rehearsed]()
    rehearsing = vault.rehearsing(told.append)
    documents, bulk = rehearsing.documents, rehearsing.with_options(priority="bulk")
    for work in (
        documents.create_placeholder({"name__v": "New"}),
        documents.update(document, {"title__v": "x"}),
        documents.delete(document),
        documents.download(document, to=tmp_path, lock=True),
        bulk.request("POST", "objects/documents/7/lock"),
    ):
        with pytest.raises(RehearsedError):
            await work

    told_of = [one.method for one in told]
    assert (told_of, sandbox.quota.calls) == (["POST", "PUT", "DELETE", "GET", "POST"], 0)


async def test_what_reads_is_sent(vault: Vault, sandbox: Sandbox) -> None:
    """VQL too, which goes out by POST."""
    document, told = sandbox.documents.add("Plan"), list[Rehearsed]()
    rehearsing = vault.rehearsing(told.append)

    assert (await rehearsing.documents.retrieve(document)).name == "Plan"
    assert len(await rehearsing.query("SELECT id FROM documents")) == 1
    assert told == []


async def test_bulk_calls_go_on(vault: Vault, sandbox: Sandbox) -> None:
    """All rows are read, in as many calls as it would take; a wrong one is found."""
    told = list[Rehearsed]()
    rows = [{"name__v": f"Plan {number}"} for number in range(501)]
    create = vault.rehearsing(told.append).documents.create_many

    results = [one async for one in create(rows)]

    assert sorted(one.rows or 0 for one in told) == [1, 500]  # batches go out side by side
    assert (len(results), all(one.succeeded for one in results)) == (501, True)
    with pytest.raises(InvalidArgumentError, match="row 1"):
        [one async for one in create([{"name__v": "a\r"}])]
    assert sandbox.quota.calls == 0
