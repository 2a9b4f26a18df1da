"""A sandbox, its clock, and plain httpx clients to call it with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from vaultio.sandbox import Sandbox

API = "/api/v11.0"
LOGIN = {"username": "ana@example.com", "password": "secret"}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    """Return the sandbox's clock."""
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    """Return an empty sandbox on that clock."""
    return Sandbox(clock=clock)


@pytest.fixture
async def guest(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that is not logged in."""
    async with httpx.AsyncClient(
        transport=sandbox.transport(), base_url="https://myvault.veevavault.com"
    ) as client:
        yield client


@pytest.fixture
async def client(guest: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return the client, logged in as Ana."""
    answer = await guest.post(f"{API}/auth", data=LOGIN)
    guest.headers["Authorization"] = answer.json()["sessionId"]
    return guest


@pytest.fixture
async def remote(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that is logged in over a real connection on loopback."""
    async with sandbox.serve() as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.post(f"{API}/auth", data=LOGIN)
        client.headers["Authorization"] = answer.json()["sessionId"]
        yield client


def error_of(answer: httpx.Response) -> tuple[str, str]:
    """Return type and message of the first error of a FAILURE, which comes under HTTP 200."""
    body = answer.json()
    assert (answer.status_code, body["responseStatus"]) == (200, "FAILURE")
    return body["errors"][0]["type"], body["errors"][0]["message"]
