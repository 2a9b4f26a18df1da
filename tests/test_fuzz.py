"""Whatever a server or a user brings: no exception but ours from what reads it or writes it.

A few hundred examples each; `nox -s fuzz` tries many thousands.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import pathlib
import random
import shutil
import tempfile
from contextlib import suppress
from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.downloads.fakes import FakeReply
from tests.transport.server import answers, client
from vaultio import (
    InvalidArgumentError,
    TargetError,
    UnreadableReplyError,
    VaultError,
    VaultioError,
)
from vaultio.downloads import disposition_name, safe_name
from vaultio.downloads.ranges import ContentRange, Facts, place
from vaultio.migration.entries import Draft
from vaultio.migration.manifest import Manifest
from vaultio.protocol.envelope import failure, read_envelope
from vaultio.protocol.forms import csv_rows, csv_text
from vaultio.protocol.path import Path
from vaultio.protocol.quota_headers import read_quota
from vaultio.protocol.xml import read_xml_envelope
from vaultio.sandbox.raw import Close, RawServer, Send

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=20,
)
KNOWN = st.sampled_from(
    ["responseStatus", "errors", "errorType", "responseMessage", "data", "type"]
)
ENVELOPES = st.dictionaries(KNOWN, JSON | st.sampled_from(["SUCCESS", "FAILURE", "EXCEPTION"]))
DISPOSITIONS = st.lists(
    st.sampled_from(
        [
            "attachment",
            ";",
            "filename",
            "filename*",
            "=",
            "UTF-8''",
            "%",
            "%C3",
            '"',
            "\\",
            "=?utf-8?",
        ]
    )
    | st.text(max_size=5)
).map("".join)
CELLS = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=3)
fuzzed = settings(deadline=None)


@fuzzed
@given(body=st.binary() | ENVELOPES.map(lambda one: json.dumps(one).encode()))
@example(body=b"[" * 100_000)
@example(body=b'{"a":' + b"9" * 5000 + b"}")
def test_the_frame_of_an_answer(body: bytes) -> None:
    """It is read, or is a ValueError, which the transport says in our words."""
    with suppress(ValueError):
        error = failure(read_envelope(body), request="GET x")
        assert error is None or isinstance(error, VaultError)
        assert str(error)


@fuzzed
@given(body=st.binary() | st.text(alphabet="<>/&;!a?= \"'[]-").map(str.encode))
def test_the_frame_of_an_xml_answer(body: bytes) -> None:
    """The same for XML."""
    for one in (body, b"<r><errors>" + body + b"</errors></r>"):
        with suppress(ValueError):
            failure(read_xml_envelope(one), request="GET x")


@fuzzed
@given(header=DISPOSITIONS | st.text())
def test_a_content_disposition(header: str) -> None:
    """It has a name or none, and a file has one in any case."""
    assert safe_name(disposition_name(header), "fallback")


@fuzzed
@given(rows=st.lists(st.dictionaries(st.text(max_size=5), CELLS, max_size=4), max_size=4))
def test_csv(rows: list[dict[str, object]]) -> None:
    """What is written is read again as it was; what cannot be written is refused."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with suppress(InvalidArgumentError):
        text = csv_text(rows, columns)
        with suppress(UnreadableReplyError):
            assert len(list(csv_rows(text))) <= len(rows)
        assert len(list(csv.reader(io.StringIO(text)))) >= min(1, len(columns))


@fuzzed
@given(text=st.text())
def test_any_csv(text: str) -> None:
    """Whatever comes as CSV is rows, or says why it is not."""
    with suppress(UnreadableReplyError):
        assert all(isinstance(row, dict) for row in csv_rows(text))


@fuzzed
@given(segments=st.lists(st.text() | st.integers(), min_size=1, max_size=5))
def test_a_path(segments: list[str | int]) -> None:
    """It stays below its root, with a segment for each, or is refused."""
    with suppress(InvalidArgumentError):
        path = str(Path().under(*segments))
        assert len(path.split("/")) == len(segments)
        assert not {"", ".", ".."} & set(path.split("/"))
        assert path.isascii()
        assert path.isprintable()


@fuzzed
@given(said=st.text() | st.from_regex(r"bytes \d{1,20}-\d{1,20}/(\d{1,20}|\*)"), at=st.integers(0))
def test_a_content_range(said: str, at: int) -> None:
    """It is a place in the file, or none."""
    reply = FakeReply([], status=206, headers={"content-range": said.encode().decode("latin-1")})
    part = ContentRange.of(reply)
    assert part is None or part.start < part.end
    assert place(reply, at, Facts(length=at + 1)) in {"continued", "elsewhere"}


@fuzzed
@given(values=st.dictionaries(st.sampled_from(["burstlimit", "dailylimit"]), st.text()))
def test_quota_headers(values: dict[str, str]) -> None:
    """What cannot be a number tells nothing."""
    read_quota({f"x-vaultapi-{name}": value for name, value in values.items()})


HEADS = st.lists(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK",
            b"\r\n",
            b"\n",
            b"Content-Length: 5",
            b"Transfer-Encoding: chunked",
            b":",
        ]
    )
    | st.binary(max_size=9)
).map(b"".join)


@settings(deadline=None, max_examples=settings().max_examples // 4)
@given(head=HEADS)
def test_the_head_of_an_answer(head: bytes) -> None:
    """Bytes of any kind in place of an answer are an error of ours."""

    async def call() -> None:
        script = answers([Send(head + b"\r\n\r\nhello"), Close()])
        async with RawServer(script) as server, client(server, {"max_tries": 1}) as vault:
            with suppress(VaultioError):
                await vault.documents.retrieve(7)

    asyncio.run(call())


@settings(deadline=None, max_examples=settings().max_examples // 2)
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 200))
def test_a_damaged_manifest(seed: int, flips: int) -> None:
    """It is read, or it is said that it cannot be used."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "m.db")
        shutil.copy(good_manifest(), path)
        data = bytearray(path.read_bytes())
        for _ in range(flips):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        asyncio.run(read(path))


async def read(path: pathlib.Path) -> None:
    """Read all of a manifest."""
    with suppress(InvalidArgumentError, TargetError):
        async with Manifest(path) as manifest:
            await manifest.job()
            await manifest.tallies()
            async for entry in manifest.entries():
                assert entry.number


@cache
def good_manifest() -> pathlib.Path:
    """Make a manifest with a few items in it."""
    path = pathlib.Path(tempfile.mkdtemp(), "good.db")
    drafts = [
        Draft(
            key=f"document/{n}/0.1", stage="s", kind="document", source_id=str(n), data={"a": [n]}
        )
        for n in range(40)
    ]

    async def make() -> None:
        async with Manifest(path, {"kind": "export", "source": "x", "target": "y"}) as manifest:
            await manifest.add(drafts)

    asyncio.run(make())
    return path
