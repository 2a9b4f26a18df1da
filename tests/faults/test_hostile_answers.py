"""Bombs, chained encodings, heads of 200 KB, JSON that is deep or huge: a typed error.

What is decoded is capped (`Config.max_json_bytes`), and so is the memory that it takes.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.faults.tools.leftovers import files
from tests.layers import ROOT
from tests.transport.server import answers, calls, client
from vaultio import (
    ConnectionLostError,
    DowntimeError,
    NotVaultError,
    UnreadableReplyError,
    VaultioError,
)
from vaultio.sandbox.raw import RawServer, Reaction, reply

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}
SMALL = {"max_json_bytes": 1_000_000, "max_tries": 1}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BOMB = gzip.compress(b" " * 4_000_000, mtime=0)


def packed(body: bytes, encoding: str, **more: str) -> bytes:
    """Build an answer that says how it is packed."""
    return reply(body, headers={**JSON, "Content-Encoding": encoding, **more})


def document(value: str, **more: str) -> bytes:
    """Build an answer whose document has *value*, a JSON text, for an id."""
    body = f'{{"responseStatus": "SUCCESS", "document": {{"id": {value}}}}}'
    return reply(body.encode(), headers={**JSON, **more})


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (packed(BOMB, "gzip"), NotVaultError, "max_json_bytes"),
        (packed(zlib.compress(b" " * 4_000_000), "deflate"), NotVaultError, "max_json_bytes"),
        (packed(gzip.compress(BOMB, mtime=0), "gzip, gzip"), NotVaultError, "'gzip, gzip'"),
        (packed(b"x", "br"), NotVaultError, "'br'"),
        (packed(b"not gzip", "gzip"), ConnectionLostError, "damaged"),
        (reply(b" " * 1_000_001, headers=JSON), NotVaultError, "max_json_bytes"),
        (reply(b" " * 1_000_001, headers=JSON, chunked=True), NotVaultError, "max_json_bytes"),
        (OK + b"X: " + b"x" * 200_000 + b"\r\n\r\n", ConnectionLostError, "127.0.0.1"),
        (OK + b"X: x\r\n" * 40_000 + b"\r\n", ConnectionLostError, "127.0.0.1"),
        (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", ConnectionLostError, "127.0.0.1"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", ConnectionLostError, "127.0.0.1"),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"9" * 5000 + b"\r\n",
            ConnectionLostError,
            "127.0.0.1",
        ),
        (reply(b"[" * 900_000, headers=JSON), NotVaultError, r"\[\[\["),
        (reply(b'{"a":' * 100_000, headers=JSON), NotVaultError, "begins"),
        (document("[" * 900 + "]" * 900), UnreadableReplyError, r"document\.id"),
        (document("9" * 5000), NotVaultError, "begins"),
        (document(f'"{"9" * 5000}"'), UnreadableReplyError, r"document\.id"),
        (document("1e999999999"), VaultioError, "document"),
    ],
)  # fmt: skip
async def test_an_answer_that_would_hurt(
    answer: Reaction, error: type[VaultioError], said: str
) -> None:
    """It is a typed error, whatever is wrong with it; the next call is like any other."""
    good = document("7")
    async with RawServer(answers(answer, good)) as server, client(server, SMALL) as vault:
        with pytest.raises(error, match=said):
            await vault.documents.retrieve(7)
        assert (await vault.documents.retrieve(7)).id == 7


@pytest.mark.parametrize(
    "headers",
    [
        {"X-VaultAPI-BurstLimitRemaining": "9" * 5000},
        {"X-VaultAPI-DailyLimit": "٣"},
        {"X-VaultAPI-ResponseDelay": "-1"},
        {"Set-Cookie": "x" * 60_000},
    ],
)
async def test_headers_that_cannot_be_meant_do_no_harm(headers: dict[str, str]) -> None:
    """What is said beside an answer does not cost the answer."""
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    async with RawServer(answers(document("7", **encoded))) as server, client(server) as vault:
        assert (await vault.documents.retrieve(7)).id == 7


async def test_a_maintenance_of_a_number_without_end() -> None:
    """A number of 5,000 digits is no number of minutes."""
    header = {"X-VaultAPI-DowntimeExpectedDurationMinutes": "9" * 5000}
    async with RawServer(answers(reply(status=503, headers=header))) as server:
        async with client(server, SMALL) as vault:
            with pytest.raises(DowntimeError, match=r"about \? minutes"):
                await vault.documents.retrieve(7)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            packed(gzip.compress(BOMB, mtime=0), "gzip, gzip", **{"Content-Type": "image/png"}),
            "'gzip, gzip'",
        ),
        (packed(BOMB, "gzip"), "max_json_bytes"),
        (reply(b"<html>" * 300_000, headers={"Content-Type": "text/html"}), "max_json_bytes"),
    ],
)
async def test_in_place_of_a_file(answer: bytes, said: str, tmp_path: Path) -> None:
    """It is the same where a file was asked for, and nothing of it is left."""
    async with RawServer(answers(answer)) as server, client(server, SMALL) as vault:
        with pytest.raises(NotVaultError, match=said):
            await vault.documents.download(7, to=tmp_path)
    assert (files(tmp_path), len(calls(server))) == ({}, 1)


async def test_what_is_too_large_by_its_own_word_is_not_read() -> None:
    """The announced length is enough: not a byte of the body has to come."""
    head = OK + b"Content-Length: 1000001\r\n\r\n"
    async with RawServer(answers(head)) as server, client(server, SMALL) as vault:
        with pytest.raises(NotVaultError, match="max_json_bytes"):
            await vault.documents.retrieve(7)


async def test_deep_values_of_a_vaults_own_are_kept() -> None:
    """Hundreds of levels are no attack: they arrive as they were sent."""
    deep = "[" * 300 + "]" * 300
    async with RawServer(answers(document(f'7, "own__c": {deep}'))) as server:
        async with client(server) as vault:
            fields: Any = (await vault.documents.retrieve(7)).fields
    assert json.dumps(fields["own__c"]).replace(" ", "") == deep


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read on Linux")
def test_memory_under_the_cap_and_32_mib() -> None:
    """An answer of 71 MiB and a bomb of 256 MiB; the cap is the usual one of 64 MiB.

    In a process of its own, so that what counts is vaultio's memory alone.
    """
    command = [sys.executable, "-m", "tests.faults.answer_program"]
    found = json.loads(subprocess.check_output(command, cwd=ROOT))
    print(found)
    assert set(found) == {"plain", "chunked", "gzip", "file"}
    assert max(found.values()) < (64 + 32) * MIB
