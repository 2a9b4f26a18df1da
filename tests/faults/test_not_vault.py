"""FAILURE under 200, a proxy's HTML, maintenance, a wrong content type, nothing at all: typed.

The error shows how the answer begins: 200 characters of it, none that a terminal obeys, and no
secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.faults.tools.leftovers import files
from tests.leaks import MARK, PASSWORD, SECRET, told_by
from tests.transport.server import answers, calls, client, failure
from vaultio import (
    DowntimeError,
    InvalidDataError,
    NotVaultError,
    SessionId,
    UnreadableReplyError,
    Vault,
    VaultError,
    VaultioError,
)
from vaultio.sandbox.raw import RawRequest, RawServer, reply

HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}
NAMED = {"Content-Disposition": 'attachment;filename="a.pdf"'}
DOWN = {"X-VaultAPI-DowntimeExpectedDurationMinutes": "90"}
SIGN_IN = b"<html><h1>Sign in</h1>" + b"x" * 10_000
NO = {"responseStatus": "FAILURE", "errors": [{"type": "INVALID_DATA", "message": "bad"}]}

ANSWERS: list[tuple[bytes, type[VaultioError], str]] = [
    (failure("INVALID_DATA", "bad"), InvalidDataError, "bad"),
    (failure("NEVER_HEARD_OF", "bad"), VaultError, "NEVER_HEARD_OF: bad"),
    (reply(NO, status=400), InvalidDataError, "bad"),
    (reply(NO, headers={"Content-Type": "text/plain"}), InvalidDataError, "bad"),
    (reply({"responseStatus": "FAILURE"}), VaultError, "with no reason"),
    (reply({"responseStatus": "MAYBE"}), VaultError, "MAYBE"),
    (reply(SIGN_IN, headers=HTML), NotVaultError, "text/html that begins '<html><h1>Sign in</h1>x"),
    (reply(SIGN_IN, status=407, headers=HTML), NotVaultError, "HTTP 407 with text/html"),
    (reply(SIGN_IN, headers=JSON), NotVaultError, "application/json that begins '<html>"),
    (reply(b"down", status=503, headers=DOWN), DowntimeError, "about 90 minutes"),
    (reply(b""), NotVaultError, "HTTP 200 with an empty body"),
    (reply(b" \r\n ", headers=JSON), NotVaultError, "an empty body"),
    (reply(b"", headers=NAMED | JSON), NotVaultError, "an empty body"),
    (reply(b'{"responseStatus": "SUC', headers=JSON), NotVaultError, "SUC'"),
    (reply(b"[1, 2]", headers=JSON), NotVaultError, r"\[1, 2\]"),
    (reply(b"null", headers=JSON), NotVaultError, "null"),
    (reply(b"x" * 9, headers={"Content-Type": "image/png"}), NotVaultError, "a file .image/png"),
    (reply({"responseStatus": "SUCCESS"}), UnreadableReplyError, "no 'document'"),
    (reply({"responseStatus": "SUCCESS", "document": {"id": [1]}}), UnreadableReplyError, "id"),
]


@pytest.mark.parametrize(("answer", "error", "said"), ANSWERS)
async def test_an_answer_in_place_of_a_document(
    answer: bytes, error: type[VaultioError], said: str
) -> None:
    """The class says what to do, the message what came; it is not asked for again."""
    async with RawServer(answers(answer)) as server, client(server) as vault:
        with pytest.raises(error, match=said) as caught:
            await vault.documents.retrieve(7)
    assert (type(caught.value), len(calls(server))) == (error, 1)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(("answer", "error", "said"), ANSWERS[:15])
async def test_an_answer_in_place_of_a_file(
    answer: bytes, error: type[VaultioError], said: str, tmp_path: Path
) -> None:
    """It is never a file, whatever it calls itself; nothing is left."""
    if b"Disposition" in answer:
        pytest.skip("an empty file that has a name is a file")
    async with RawServer(answers(answer)) as server, client(server) as vault:
        with pytest.raises(error, match=said):
            await vault.documents.download(7, to=tmp_path)
    assert (files(tmp_path), len(calls(server))) == ({}, 1)


@pytest.mark.parametrize("body", [{"responseStatus": "SUCCESS"}, {"data": [1]}])
async def test_json_is_no_file(body: dict[str, Any], tmp_path: Path) -> None:
    """Not even if it says SUCCESS."""
    async with RawServer(answers(reply(body))) as server, client(server) as vault:
        with pytest.raises(UnreadableReplyError, match="where a file was expected"):
            await vault.documents.download(7, to=tmp_path)
    assert files(tmp_path) == {}


async def test_signs_that_a_terminal_obeys_are_not_shown() -> None:
    """Escapes, line ends, direction marks and halves of characters become blanks."""
    page = "a\x1b[31mb\x07c\r\nd\u202ee\u2028f\x9bg".encode() + b"\xff\xfeh"
    async with RawServer(answers(reply(page, headers=HTML))) as server, client(server) as vault:
        with pytest.raises(NotVaultError) as caught:
            await vault.documents.retrieve(7)
    assert re.fullmatch(r"[\x20-\x7e\ufffd]*", str(caught.value))
    assert "begins 'a [31mb c d e f g" in str(caught.value)


WAYS_TO_WRITE: dict[str, Callable[[str], str]] = {"plain": str, "quoted": quote, "escaped": escape}


@pytest.mark.parametrize("written", WAYS_TO_WRITE)
@pytest.mark.parametrize("bearer", [True, False])
async def test_a_page_that_repeats_the_session(written: str, bearer: bool) -> None:
    """Proxies print the headers of what they refuse: the session is blotted out."""
    session = f"{MARK}/session+with&signs=="

    def repeat(request: RawRequest) -> bytes:
        text = WAYS_TO_WRITE[written](request.headers["authorization"])
        return reply(f"<p>Authorization: {text}</p>".encode(), headers=HTML)

    credentials = SessionId(session, bearer=bearer)
    async with (
        RawServer(repeat) as server,
        Vault(server.url, credentials, api_version="v11.0") as vault,
    ):
        with pytest.raises(NotVaultError, match=r"\*\*\*") as caught:
            await vault.documents.retrieve(7)
    assert not SECRET.search(told_by(caught.value))


async def test_a_page_that_repeats_the_password() -> None:
    """Of the answer to a login nothing is shown at all."""

    def repeat(request: RawRequest) -> bytes:
        return reply(b"<p>You sent: " + request.body, headers=HTML)

    async with RawServer(repeat) as server, client(server) as vault:
        with pytest.raises(NotVaultError, match=r"text/html, \d+ bytes") as caught:
            await vault.documents.retrieve(7)
    assert PASSWORD not in told_by(caught.value)
    assert "password" not in str(caught.value)
