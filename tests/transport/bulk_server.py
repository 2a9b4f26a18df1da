"""A Vault that does nothing but answer bulk calls, row by row and as fast as it can."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from attrs import define, field

from vaultio import Limiter, RowResult, RowResults, Rows, SessionId, Vault

Row = Mapping[str, object]

SESSION = "B" * 64
REFUSED = {"type": "INVALID_DATA", "message": "the name is not accepted"}


@define
class BulkServer(httpx.AsyncBaseTransport):
    """Takes every row whose ``name__v`` is not in *bad*; *answer* may change what is said."""

    bad: Collection[str] = ()
    answer: Callable[[int, dict[str, Any]], Mapping[str, Any] | httpx.Response] | None = None
    calls: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    sizes: list[int] = field(factory=list)
    bodies: list[bytes] = field(factory=list)
    keep_bodies: bool = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one batch; calls that came earlier are answered later."""
        self.calls += 1
        number = self.calls
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            body = await request.aread()
            for _ in range(4 - number % 4):
                await asyncio.sleep(0)
        finally:
            self.in_flight -= 1
        rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
        self.sizes.append(len(rows))
        if self.keep_bodies:
            self.bodies.append(body)
        said = self._said(rows)
        changed = said if self.answer is None else self.answer(number, said)
        return changed if isinstance(changed, httpx.Response) else httpx.Response(200, json=changed)

    def _said(self, rows: list[dict[str, str]]) -> dict[str, Any]:
        data = [
            {"responseStatus": "FAILURE", "errors": [REFUSED]}
            if row.get("name__v") in self.bad
            else {"responseStatus": "SUCCESS", "id": int(row.get("number", 0))}
            for row in rows
        ]
        return {"responseStatus": "SUCCESS", "data": data}


@asynccontextmanager
async def client_of(server: httpx.AsyncBaseTransport) -> AsyncIterator[Vault]:
    """Open a client that no quota holds back."""
    limiter = Limiter(burst=None, daily=None, pace=None)
    address = "https://sandbox.veevavault.com"
    async with Vault(
        address, SessionId(SESSION), api_version="v11.0", limiter=limiter, transport=server
    ) as vault:
        yield vault


def failure(error_type: str) -> httpx.Response:
    """Answer that the whole call failed."""
    errors = [{"type": error_type, "message": "said the server"}]
    body = json.dumps({"responseStatus": "FAILURE", "errors": errors})
    return httpx.Response(200, content=body, headers={"Content-Type": "application/json"})


def numbered(count: int, read: list[int] | None = None) -> Iterator[Row]:
    """Make rows one by one, and note which were asked for."""
    for number in range(1, count + 1):
        if read is not None:
            read.append(number)
        yield {"name__v": f"Document {number}", "number": number}


async def created(rows: Rows, server: BulkServer, **options: Any) -> list[RowResult]:
    """Create documents and return all results."""
    async with client_of(server) as vault:
        return [one async for one in vault.documents.create_many(rows, **options)]


async def collect(results: RowResults, seen: list[int]) -> None:
    """Note the row of each result as it comes."""
    async for one in results:
        seen.append(one.row)  # noqa: PERF401 - what came before an error is to be kept
