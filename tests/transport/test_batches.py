"""Many rows in few calls: order, laziness, and what is known when something goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import anyio
import httpx
import pytest

from tests.transport.bulk_server import (
    BulkServer,
    Row,
    client_of,
    collect,
    created,
    failure,
    numbered,
)
from vaultio import (
    InvalidArgumentError,
    InvalidDataError,
    RowResult,
    RowResults,
    UnreadableReplyError,
)


async def settle(is_so: Callable[[], bool]) -> None:
    """Let everything run, threads included, until it is so; then a little more."""
    with anyio.fail_after(20):
        while not is_so():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)
    for _ in range(20):
        await asyncio.sleep(0.001)


def only_this_task() -> bool:
    """Whether nothing else is under way."""
    return asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, []), (1, [1]), (500, [500]), (501, [1, 500]), (1700, [200, *[500] * 3])],
)
async def test_rows_are_cut_into_batches(count: int, sizes: list[int]) -> None:
    """No call has more rows than Vault takes, none has no row, and no row is lost."""
    server = BulkServer()

    results = await created(numbered(count), server)

    assert sorted(server.sizes) == sizes
    assert [(one.row, one.id) for one in results] == [(n, n) for n in range(1, count + 1)]


async def test_each_result_says_what_became_of_its_row() -> None:
    """SUCCESS on top with a failed row is no success of that row."""
    server = BulkServer(bad={"Document 2"})

    first, second = await created(numbered(2), server)

    assert (first.succeeded, first.id, first.error_type, first.message) == (True, 1, None, None)
    assert (second.succeeded, second.id, second.error_type) == (False, None, "INVALID_DATA")
    assert second.errors == (("INVALID_DATA", "the name is not accepted"),)


async def test_warning_is_a_success() -> None:
    """A row with a warning was carried out; what else is said of it is in `fields`."""
    row = {"responseStatus": "WARNING", "id": "7", "external_id__v": "X", "errors": []}
    server = BulkServer(answer=lambda _, said: {**said, "data": [row]})

    assert await created(numbered(1), server) == [
        RowResult(row=1, succeeded=True, id=7, fields={"external_id__v": "X"})
    ]


async def test_status_that_nobody_knows_is_no_success() -> None:
    """Only what Vault calls a success is one."""
    server = BulkServer(answer=lambda _, said: {**said, "data": [{"responseStatus": "MAYBE"}]})

    assert [one.succeeded for one in await created(numbered(1), server)] == [False]


@pytest.mark.parametrize("data", [[], [{"responseStatus": "SUCCESS"}] * 3, None, "x", [{}, {}]])
async def test_results_that_match_no_row(data: Any) -> None:
    """Another count of results than rows is never matched by guessing."""
    server = BulkServer(answer=lambda _, said: {**said, "data": data})

    with pytest.raises(UnreadableReplyError, match="data: ") as caught:
        await created(numbered(2), server)
    assert "rows 1-2 of the input" in caught.value.__notes__[0]


async def test_columns_are_the_keys_of_all_rows() -> None:
    """The header has each key where it was first met; what a row has not is an empty cell."""
    server = BulkServer()

    await created([{"b": 1, "a": [1, 2]}, {"c": None, "a": True}], server)

    assert server.bodies == [b'b,a,c\n1,"1,2",\n,true,\n']


@pytest.mark.parametrize("concurrency", [1, 2, 4])
async def test_reads_no_more_than_is_in_flight(concurrency: int) -> None:
    """When the first result is out, no more rows are read than batches may be in flight."""
    read: list[int] = []
    server = BulkServer()
    async with client_of(server) as vault:
        results = vault.documents.create_many(numbered(9000, read), concurrency=concurrency)
        assert (read, server.calls) == ([], 0)
        await anext(results)
        await settle(lambda: len(read) >= concurrency * 500)
        assert len(read) == concurrency * 500
        await results.aclose()
    assert server.most_in_flight <= concurrency


async def test_input_that_is_slow_holds_no_result_back() -> None:
    """What was sent is given out while the next row is still to come."""
    more = asyncio.Event()

    async def rows() -> AsyncIterator[Row]:
        for row in numbered(500):
            yield row
        await more.wait()

    async with client_of(BulkServer()) as vault:
        results = vault.documents.create_many(rows())
        async with asyncio.timeout(5):
            assert [(await anext(results)).row for _ in range(500)] == list(range(1, 501))
        await results.aclose()


async def test_generator_of_rows_is_closed_where_it_was_begun() -> None:
    """What an async generator holds is let go of by the task that took it, on leaving early."""
    tasks = []

    async def rows() -> AsyncIterator[Row]:
        with anyio.CancelScope():  # may be left by the task that entered it alone
            tasks.append(asyncio.current_task())
            try:
                for row in numbered(5000):
                    yield row
            finally:
                tasks.append(asyncio.current_task())

    async with client_of(BulkServer()) as vault:
        await first_of(vault.documents.create_many(rows()))
        await settle(only_this_task)
    assert tasks == [tasks[0]] * 2


def second_fails(_: int, said: dict[str, Any]) -> Mapping[str, Any] | httpx.Response:
    """Refuse the call that begins with row 501."""
    return failure("INVALID_DATA") if said["data"][0].get("id") == 501 else said


async def test_failed_call_names_its_rows() -> None:
    """The results before it are given; its rows are named, and those that were under way."""
    server = BulkServer(answer=second_fails)
    seen: list[int] = []
    async with client_of(server) as vault:
        with pytest.raises(InvalidDataError, match="said the server") as caught:
            await collect(vault.documents.create_many(numbered(3000), concurrency=3), seen)

    assert seen == list(range(1, 501))
    mine, others = caught.value.__notes__
    assert "rows 501-1000 of the input; all rows up to row 500 are done" in mine
    assert others.startswith("rows 1001-")  # to 1500 or 2000, as far as it got


async def test_nothing_is_begun_after_a_failure() -> None:
    """Even while results before it are still given out, no more rows are sent."""
    server = BulkServer(answer=second_fails)

    with pytest.raises(InvalidDataError):
        await created(numbered(5000), server, concurrency=2)

    assert server.calls <= 3


class Hanging(BulkServer):
    """Never answers any call but that with the first row."""

    given_up = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for ever, and count who stops waiting."""
        if b"Document 1,1\n" in await request.aread():
            return await super().handle_async_request(request)
        self.calls += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up += 1
        raise AssertionError


async def first_of(results: RowResults) -> None:
    """Leave the results after the first."""
    async for _ in results:
        break


@pytest.mark.parametrize("way", [first_of, collect])
async def test_leaving_early_leaves_nothing_behind(way: Callable[..., Any]) -> None:
    """By a break or a cancel: the calls in flight are given up and no task is left."""
    server = Hanging()
    async with client_of(server) as vault:
        results = vault.documents.create_many(numbered(5000))
        task = asyncio.create_task(way(results, []) if way is collect else way(results))
        del results  # who breaks off holds on to nothing
        await settle(lambda: server.calls >= 4 or task.done())
        task.cancel()
        await asyncio.wait([task])
        await settle(only_this_task)

        assert server.given_up == server.calls - 1


@pytest.mark.parametrize("concurrency", [0, -1, 1.5])
async def test_concurrency_that_cannot_be_meant(concurrency: Any) -> None:
    """No calls at once is refused at once, not at the first result."""
    async with client_of(BulkServer()) as vault:
        with pytest.raises(InvalidArgumentError, match="concurrency"):
            vault.documents.create_many([], concurrency=concurrency)


async def test_update_with_a_missing_key() -> None:
    """An update never clears a field by a key that a row merely has not."""
    rows: list[Row] = [{"id": 1, "title__v": "a"}, {"id": 2}]
    async with client_of(BulkServer()) as vault:
        with pytest.raises(InvalidArgumentError, match="row 2 has no title__v"):
            await anext(vault.documents.update_many(rows))


async def test_json() -> None:
    """Where Vault takes JSON, rows go out as a list of objects, None as null."""
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.headers["content-type"], json.loads(request.content)))
        return httpx.Response(
            200, json={"responseStatus": "SUCCESS", "data": [{"responseStatus": "SUCCESS"}]}
        )

    async with client_of(httpx.MockTransport(answer)) as vault:
        await anext(vault.documents.delete_many([{"id": 1, "x": None}], as_json=True))
    assert sent == [("application/json", [{"id": 1, "x": None}])]
