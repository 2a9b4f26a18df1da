"""What a job will take, said before it: held against what it then takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from math import inf
from pathlib import Path
from typing import get_args

import anyio
import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import InvalidArgumentError, Limiter, Password, SessionExpiredError, Vault
from vaultio.limiter import Quota
from vaultio.migration import (
    AllDocuments,
    ById,
    ByQuery,
    Export,
    Include,
    Plan,
    Planned,
    Selection,
    export,
)
from vaultio.sandbox import Sandbox

QUERY = ByQuery("SELECT id FROM documents")


@pytest.fixture
async def vault(sandbox: Sandbox) -> AsyncIterator[Vault]:
    """A client that keeps nobody waiting."""
    address, login = "https://sandbox.veevavault.com", Password(USER, PASSWORD)
    limiter, wire = Limiter.unlimited(), sandbox.transport()
    async with Vault(address, login, api_version="v11.0", limiter=limiter, transport=wire) as one:
        yield one


def fill(sandbox: Sandbox, count: int = 8) -> None:
    """Add documents with one rendition each, every second with two attachments, and a binder."""
    for number in range(count):
        one = sandbox.documents.add(f"Plan {number}", b"x" * 100 * (number + 1))
        sandbox.documents.add_rendition(one, "viewable_rendition__v", b"r" * 1000)
        for name in ("a.txt", "b.txt") if number % 2 else ():
            sandbox.documents.add_attachment(one, name, b"attached")
    sandbox.documents.add("Binder", binder=True)


@pytest.mark.parametrize("versions", ["latest", "all"])
@pytest.mark.parametrize("selection", [AllDocuments(), QUERY, ById(range(1, 10))])
async def test_a_small_plan_is_exact(
    vault: Vault, sandbox: Sandbox, tmp_path: Path, selection: Selection, versions: str
) -> None:
    """Where everything was looked at, documents, files, bytes and calls are what they will be."""
    fill(sandbox)
    sandbox.documents.add_version(1, b"second")
    kinds = get_args(Include)
    job = Export(vault, tmp_path, selection=selection, include=kinds, versions=versions)  # type: ignore[arg-type] # both are meant

    plan = await job.plan()
    done = await job.execute(lambda _: None)

    assert (plan.documents, plan.files, plan.size) == (done.documents, done.files, done.size)
    assert (plan.calls_source, plan.is_estimate) == (done.calls, False)


async def test_nothing_is_written(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Neither on the disk nor in the vault; what it cost is said."""
    fill(sandbox)

    plan = await Export(vault, tmp_path / "new", include=get_args(Include)).plan()

    assert not await anyio.Path(tmp_path / "new").exists()
    assert plan.spent == sandbox.quota.calls


@pytest.mark.heavy
async def test_a_large_plan_reads_a_part(
    vault: Vault, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long list pages spread over it are read, not the first: the last documents count."""
    fill(sandbox, 300)
    sandbox.settings.documents_limit = sandbox.settings.query_page_documents = 10
    monkeypatch.setattr("vaultio.migration.plan.MOST_PAGES", 5)
    include: tuple[Include, ...] = ("source", "renditions", "attachments")

    plan = await Export(vault, tmp_path, include=include).plan(sample=20)
    done = await export(vault, tmp_path, include=include)

    assert plan.is_estimate
    assert plan.spent < 60 < done.calls
    assert plan.documents == pytest.approx(done.documents, rel=0.01)
    assert plan.files == pytest.approx(done.files, rel=0.15)
    assert plan.size == pytest.approx(done.size, rel=0.15)
    assert plan.calls_source == pytest.approx(done.calls, rel=0.15)


async def test_exact_reads_all_of_the_list(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Then numbers and sizes of the source files are those of all."""
    for number in range(120):
        sandbox.documents.add("Plan", b"x" * number)
    sandbox.settings.documents_limit = 2

    plan = await Export(vault, tmp_path).plan(exact=True)

    assert (plan.size, plan.is_estimate) == (sum(range(120)), False)


async def test_a_list_that_cannot_be_entered(vault: Vault, sandbox: Sandbox) -> None:
    """A query with a place of its own to begin is reckoned from its first page."""
    for _ in range(130):
        sandbox.documents.add("Plan", b"x")
    query = ByQuery("SELECT id FROM documents LIMIT 2 OFFSET 4")

    plan = await Export(vault, "none", selection=query).plan()

    assert (plan.documents, plan.is_estimate) == (130, True)


async def test_a_rendition_that_some_do_not_have(vault: Vault, sandbox: Sandbox) -> None:
    """One type that is asked for without a look: a call each, and files as far as they are."""
    for number in range(8):
        one = sandbox.documents.add("Plan", b"x")
        if number % 2:
            sandbox.documents.add_rendition(one, "a__c", b"r" * 100_000)

    plan = await Export(vault, "none", include=["renditions"], rendition_types=["a__c"]).plan()

    assert plan.kinds["rendition"] == Planned(items=4, size=400_000)
    assert plan.calls_source == 1 + 8


async def test_hours_know_the_present_quota(sandbox: Sandbox) -> None:
    """What is used already makes it longer; a quota that is eaten up by a day is a day."""
    for _ in range(100):
        sandbox.documents.add("Plan", b"x")
    sandbox.quota.burst_limit = 50
    limiter = Limiter(burst=Quota(50, 300.0), daily=None, pace=None)
    address, login = "https://sandbox.veevavault.com", Password(USER, PASSWORD)
    wire = sandbox.transport()
    async with Vault(address, login, api_version="v11.0", limiter=limiter, transport=wire) as vault:
        plan = await Export(vault, "none").plan()

    assert plan.seconds == plan.seconds_source == pytest.approx(600, rel=0.1)


async def test_in_words() -> None:
    """A person reads what it is, and how long it takes on either side."""
    plan = Plan(
        kinds={"document": Planned(items=2_000), "source": Planned(items=1_999, size=4 * 10**9)},
        calls_source=2_010,
        calls_target=4_000,
        seconds_source=200.0,
        seconds_target=600.0,
        spent=10,
    )

    assert str(plan).splitlines() == [
        "2,000 documents with 1,999 files, 4.0 GB",
        "source: 2,010 calls, about 3 min 20 s at the present quota",
        "target: 4,000 calls, about 10 min at the present quota",
        "a line of less than 6.7 MB a second makes it longer",
    ]


async def test_no_quota_left() -> None:
    """Others that use all of it are no reason for a division by nothing."""
    kinds = {"source": Planned(items=1, size=1)}
    figures = {"calls_source": 1, "calls_target": 0, "seconds_target": 0.0, "spent": 1}

    plan = Plan(kinds=kinds, seconds_source=inf, **figures)  # type: ignore[arg-type] # as above

    assert "never" in str(plan)


async def test_what_is_everybodys_error_is_raised(vault: Vault, sandbox: Sandbox) -> None:
    """A plan from half a look would be a wrong one."""
    fill(sandbox, 5)
    sandbox.faults.end_session(path="*/renditions", count=None)
    sandbox.faults.end_session(path="/objects/documents/?", count=None)

    with pytest.raises(SessionExpiredError):
        await Export(vault, "none", include=["renditions"]).plan()


async def test_a_sample_of_nothing(vault: Vault) -> None:
    """It would say that there are no renditions."""
    with pytest.raises(InvalidArgumentError, match="sample"):
        await Export(vault, "none").plan(sample=0)
