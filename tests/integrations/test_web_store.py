"""An app whose quota lies in a file that another process holds for longer than anybody waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from tests.integrations.web import Answer, Web, serving
from tests.limiter.keeper import kept
from vaultio import Limiter, QuotaStoreError, QuotaWaitError
from vaultio.sandbox import Sandbox

BUSY_S = "vaultio.limiter.stores.sqlite_file.BUSY_S"
HELD_S = "vaultio.limiter.stores.sqlite.HELD_S"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file for the quota, not begun yet."""
    return tmp_path / "quota.db"


@pytest.fixture
async def web(sandbox: Sandbox, file: Path) -> AsyncIterator[Web]:
    """An app whose requests wait half a second for their quota."""
    sandbox.documents.add("Plan", b"plan")
    async with serving(sandbox, limiter=Limiter(store=f"sqlite:///{file}")) as web:
        yield web


@asynccontextmanager
async def held(file: Path) -> AsyncIterator[None]:
    """Have another process hold the file while the block lasts."""
    holding = kept(file)
    await anyio.to_thread.run_sync(holding.__enter__)
    try:
        yield
    finally:
        await anyio.to_thread.run_sync(holding.__exit__, None, None, None)


async def ask(web: Web, count: int = 1) -> list[Answer]:
    """Let so many browsers ask at once."""
    return await asyncio.gather(*(web.browser.get("/documents/1") for _ in range(count)))


def told(answer: Answer) -> tuple[int, str]:
    """Say what a browser was told: the status and the error's class."""
    return answer.status, json.loads(answer.body).get("type", "")


async def test_all_are_told_when_to_come_back(
    web: Web, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At a cold start, and later: each in the time that it has, and then all is as it was."""
    async with held(file):
        began_s = anyio.current_time()
        cold = await ask(web, 20)
        took_s = anyio.current_time() - began_s
    [first] = await ask(web)
    async with held(file):
        warm = await ask(web, 40)  # more than the tokens at hand

    refused = [one for one in (*cold, *warm) if one.status != 200]
    assert {told(one) for one in refused} == {(503, "QuotaWaitError")}
    assert all(1 <= int(one.headers["retry-after"]) <= 10 for one in refused)
    assert (len(refused) > 20, first.status, took_s < 3.5) == (True, 200, True)
    assert "calls are spread" not in caplog.text
    assert await web.settled()


async def test_who_has_patience_waits(
    web: Web, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration does not end because others have the file for longer than a try lasts."""
    monkeypatch.setattr(BUSY_S, 0.05)
    async with held(file):
        page = asyncio.create_task(web.vault.documents.retrieve(1))
        with pytest.raises(QuotaWaitError, match="the quotas' store did not answer"):
            await web.vault.with_options(max_wait_s=0.6).quota()
        waited = not page.done()

    assert (waited, (await page).name) == (True, "Plan")


async def test_a_process_that_hangs(web: Web, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it for ever, and it is said what is the matter; a closing waits least."""
    monkeypatch.setattr(BUSY_S, 0.05)
    await ask(web)
    async with held(file):
        pending = asyncio.create_task(web.vault.quota())
        await anyio.sleep(0.1)
        with anyio.fail_after(8):
            await web.vault.limiter.aclose()
            with pytest.raises(QuotaStoreError):
                await pending
        monkeypatch.setattr(HELD_S, 0.1)
        with pytest.raises(QuotaStoreError, match="another process holds it") as refusal:
            await web.vault.quota()

    assert (type(refusal.value), refusal.value.retry_after_s) == (QuotaStoreError, 5)
