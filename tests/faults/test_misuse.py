"""A client after a fork, in a second event loop or thread, or closed under 50 calls.

Clear errors, nothing hangs, and no warning at the program's end.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE

import pytest

from tests.layers import ROOT
from tests.transport.server import DOCUMENT, SUCCESS, answers, logins
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, Send, Wait

FILE = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 99\r\n\r\nhalf"


def react(request: RawRequest) -> Reaction:
    """Answer for document 7; all else waits, a file in its middle."""
    if re.search(r"/(documents/7|auth|session)$", request.target):
        return answers(DOCUMENT)(request)
    if "/documents/8/" in request.target:
        return [Wait(1.5), Send(SUCCESS)]
    return [Send(FILE), Wait(60)] if request.target.endswith("/file") else [Wait(60)]


async def run(story: str, server: RawServer) -> list[str]:
    """Run a program that is told of every warning, and return the lines that it printed."""
    command = [sys.executable, "-W", "always", "-m", "tests.faults.misuse_program"]
    child = await asyncio.create_subprocess_exec(
        *command, story, server.url, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    try:
        printed, said = await asyncio.wait_for(child.communicate(), 60)
    finally:
        if child.returncode is None:
            child.kill()
    assert (said.decode(), child.returncode) == ("", 0)
    return printed.decode().splitlines()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
async def test_after_a_fork() -> None:
    """The child is told, and may close; one that was not used is its own. The parent goes on."""
    async with RawServer(react) as server:
        told = await run("fork", server)
    wrong = ["WrongLoopError", "NoneType"]
    own = ["Document", "NoneType"]
    assert told == ["Document", *wrong, *wrong, "0", *own, "0", "JobStart", "Document"]
    assert (server.connections, logins(server)) == (2, 2)


async def test_in_a_second_loop() -> None:
    """It is told; to close the client there lets go of its connections."""
    async with RawServer(react) as server:
        assert await run("loop", server) == ["Document", "WrongLoopError", "closed"]


async def test_in_a_second_thread() -> None:
    """To use it, to close it, or to use the limiter of it: all told; the first one goes on."""
    async with RawServer(react) as server:
        told = await run("thread", server)
    assert told == ["Document", *["WrongLoopError"] * 3, "Document"]


async def test_closed_under_50_calls() -> None:
    """All end at once, with an error each that says whether it may have been carried out."""
    async with RawServer(react) as server:
        told = await run("close", server)
    assert told == [
        "ClosedError=42 ConnectionLostError=6 OutcomeUnknownError=2",
        "ClosedError",
        "ClosedError=46 ConnectionLostError=3 OutcomeUnknownError=1",
        "ClosedError",
        "[]",
        "1",
    ]
