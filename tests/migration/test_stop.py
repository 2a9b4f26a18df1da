"""What ends an export, what does not, and what is left behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from tests.faults.tools.disks import enlarge
from tests.leaks import PASSWORD
from tests.migration.conftest import EVERYTHING, files, items
from vaultio import (
    AuthenticationError,
    NotFoundError,
    Password,
    QuotaWaitError,
    TargetError,
    Vault,
    VaultServerError,
)
from vaultio.migration import ById, Ended, Event, Progressed, export
from vaultio.sandbox import Sandbox


async def test_one_failure_does_not_end_the_run(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A file that cannot be had is listed with its error; all others are there."""
    ids = [sandbox.documents.add(f"Plan {number}") for number in range(10)]
    sandbox.faults.failure("INSUFFICIENT_ACCESS", path=f"/objects/documents/{ids[3]}/*/file")

    report = await export(vault, tmp_path)

    assert (report.files, report.failed) == (9, 1)
    [failure] = report.failures
    assert (failure.source_id, failure.error_type) == (str(ids[3]), "AccessDeniedError")
    assert "As asked for" in (failure.message or "")


async def test_an_unknown_document_fails_alone(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """An id that there is not is a failure of its own."""
    one = sandbox.documents.add("Plan")

    report = await export(vault, tmp_path, selection=ById([one, 4711]))

    assert (report.files, report.failed) == (1, 1)
    assert report.failures[0].error_type == NotFoundError.__name__


async def test_a_wrong_file_leaves_nothing(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A file that is not what Vault knows fails, and there is no trace of it on the disk."""
    sandbox.documents.add("Plan", 100_000, fields={"md5checksum__v": "0" * 32})

    report = await export(vault, tmp_path)

    assert (report.failures[0].error_type, files(tmp_path)) == ("ChecksumError", [])
    assert report.failures[0].verified is None


async def test_a_list_that_fails_ends_the_run(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """An export that cannot know all documents does not look like a whole one."""
    sandbox.settings.documents_limit, sandbox.settings.documents_size = 2, "total"
    for number in range(5):
        sandbox.documents.add(f"Plan {number}")
    sandbox.faults.failure("UNEXPECTED_ERROR", path="/objects/documents", skip=1, count=None)

    ended: list[Event] = []
    with pytest.raises(VaultServerError):
        await export(vault, tmp_path, on_event=ended.append)

    assert isinstance(ended[-1], Ended)
    assert not ended[-1].report.is_complete


async def test_a_refused_login_ends_the_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """A wrong password is one error and one login, not one for each document."""
    address, wrong = "https://sandbox.veevavault.com", Password("ana@example.com", PASSWORD + "x")
    async with Vault(address, wrong, api_version="v11.0", transport=sandbox.transport()) as vault:
        with pytest.raises(AuthenticationError):
            await export(vault, tmp_path, selection=ById(range(1, 100)))

    assert sandbox.quota.calls == 0
    assert await items(tmp_path) == []


async def test_a_quota_that_takes_too_long_ends_the_run(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Who set the longest wait wants to know, and not to read it for each document."""
    sandbox.quota.burst_limit = 3
    for number in range(20):
        sandbox.documents.add(f"Plan {number}")

    with pytest.raises(QuotaWaitError):
        await export(vault.with_options(max_wait_s=0.1), tmp_path)

    assert {one.state for one in await items(tmp_path)} == {"done", "found"}


async def test_a_full_disk_ends_the_run(vault: Vault, sandbox: Sandbox, small_disk: Path) -> None:
    """The error says that the disk is full; what was whole stays, and no part."""
    sandbox.documents.add("Small", 1000)
    for number in range(20):
        sandbox.documents.add(f"Large {number}", 900_000)

    with pytest.raises(TargetError, match="No space left"):
        await export(vault, small_disk, concurrency=2)

    assert not [name for name in files(small_disk) if ".part" in name]


async def test_after_space_was_made_it_goes_on(
    vault: Vault, sandbox: Sandbox, small_disk: Path
) -> None:
    """A disk that is full, and full again, costs nothing but the time until there is room."""
    for number in range(20):
        sandbox.documents.add(f"Large {number}", 300_000)
    for _ in range(2):
        with pytest.raises(TargetError, match="No space left"):
            await export(vault, small_disk, concurrency=2)
    await anyio.to_thread.run_sync(enlarge, small_disk)

    report = await export(vault, small_disk, concurrency=2)

    assert (report.verified, report.failed, len(files(small_disk))) == (20, 0, 20)
    assert report.calls < 20


async def test_cancelling_leaves_no_part(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A run that is cancelled in mid-download leaves whole files and a report of those."""
    one = sandbox.documents.add("Small", b"small", file_name="small.txt")
    sandbox.documents.add("Large", 3_000_000)
    sandbox.faults.stall(after_bytes=1_000_000, path="*/file", skip=1)

    def cancel(event: Event) -> None:
        if isinstance(event, Progressed) and event.size > 500_000:
            running.cancel()

    running = asyncio.create_task(export(vault, tmp_path, concurrency=1, on_event=cancel))
    with pytest.raises(asyncio.CancelledError):
        await running

    assert files(tmp_path) == [f"{one}/0.1/small.txt"]
    assert [item.state for item in await items(tmp_path, "source")] == ["done", "found"]


async def test_a_timeout_of_the_caller(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A scope of anyio ends an export as a cancelled task does."""
    sandbox.documents.add("Large", 3_000_000)
    sandbox.faults.stall(after_bytes=1_000_000, path="*/file")

    with anyio.move_on_after(0.3) as scope:
        await export(vault, tmp_path, include=EVERYTHING)

    assert scope.cancelled_caught
    assert files(tmp_path) == []
