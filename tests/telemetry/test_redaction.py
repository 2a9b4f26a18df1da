"""No secret in the log, whatever somebody logs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from vaultio import AccessToken, Password, SessionId
from vaultio.logs import JsonFormatter, PlainFormatter, RedactingFilter, logger, redacted

PLAIN = "Tr0ub4dor & 3"  # no marked secret: that it comes out is what is looked for
SESSION = "0AF7" * 28


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """What a handler of `vaultio.transport` prints; the record goes nowhere else."""
    stream, log = io.StringIO(), logging.getLogger("vaultio.transport")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter())
    log.addHandler(handler)
    log.propagate = False
    level = log.level
    log.setLevel(logging.DEBUG)
    yield stream
    log.removeHandler(handler)
    log.setLevel(level)
    log.propagate = True


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: {SESSION}",
        f"{{'authorization': 'Bearer {SESSION[:40]}'}}",
        f'{{"sessionId":"{SESSION[:40]}", "userId": 1}}',
        f"username=ana&password={SESSION[:20]}",
        f"Bearer {SESSION[:30]}",
        f"the id {SESSION} ended",
        f"access_token={SESSION[:30]}",
        f"client_secret: {SESSION[:30]}",
        f"b'Authorization', b'{SESSION[:30]}'".replace("', b'", "': b'"),
        "token veeva-vault-" + "0af7" * 10,
    ],
)
def test_what_looks_like_a_secret(text: str) -> None:
    """Sessions, tokens, headers and passwords are known by their looks."""
    clean = redacted(text)

    assert "***" in clean
    assert "0AF7" not in clean.upper()


@pytest.mark.parametrize(
    "text",
    [
        "documents.retrieve: 200 in 0.012 s, 1 tries",
        "the session had ended, documents.retrieve is sent again",
        "md5 d41d8cd98f00b204e9800998ecf8427e of /tmp/password list.pdf",
        "opened a session at https://myvault.veevavault.com",
        "session expired: log in again with your token",
    ],
)
def test_what_is_innocent(text: str) -> None:
    """Other texts stay what they are."""
    assert redacted(text) == text


@pytest.mark.parametrize("kind", [Password, SessionId, AccessToken])
def test_secrets_in_use(kind: type) -> None:
    """What a client logs in with is blotted out however it is written, and forgotten with it."""
    plain = PLAIN if kind is Password else "s3ss/ion+and&more"
    credentials = kind("ana", plain) if kind is Password else kind(plain)
    written = [plain, quote(plain), json.dumps([plain]), plain.replace("&", "&amp;")]

    assert [plain in redacted(one) or one == redacted(one) for one in written] == [False] * 4
    del credentials
    assert redacted(plain) == plain


def fail(text: str) -> None:
    """Raise an error, with a cause, that both say it."""
    raise ValueError(text) from KeyError(text)


def test_every_part_of_a_record(out: io.StringIO) -> None:
    """Message, arguments, traceback, stack and extra: none of them shows a password."""
    credentials = Password("ana", PLAIN)
    log = logger("transport")
    try:
        fail(f"no: {PLAIN}")
    except ValueError:
        log.exception("said %s, {%r}", PLAIN, {"x": PLAIN}, extra={"y": [PLAIN], "z": PLAIN})

    assert PLAIN not in out.getvalue()
    assert out.getvalue().count("***") >= 4
    assert "Traceback" in out.getvalue()
    assert repr(credentials.password) == "***"  # it was in use until here


def test_extra_and_exceptions_as_json() -> None:
    """For machines the same is a line of JSON, as clean."""
    credentials = Password("ana", PLAIN)
    try:
        fail(PLAIN)
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
        record = logging.LogRecord("x", 10, __file__, 1, "a %s", (PLAIN,), info)
    record.status, record.seen = 200, {"k": PLAIN}

    RedactingFilter().filter(record)
    said = json.loads(JsonFormatter().format(record))

    assert (said["level"], said["message"], said["status"]) == ("debug", "a ***", 200)
    assert "Traceback" in said["exception"]
    assert PLAIN not in str(said)
    assert repr(credentials.password) == "***"  # it was in use until here


def test_a_record_that_does_not_fit() -> None:
    """A message with too few arguments is the handler's to complain of, as ever."""
    record = logging.LogRecord("x", 10, __file__, 1, "%s and %s", (1,), None)

    assert RedactingFilter().filter(record)
    assert (record.msg, record.args) == ("%s and %s", (1,))


def test_a_message_stays_on_its_line(out: io.StringIO) -> None:
    """Nothing in a message makes a line of its own, or acts on a terminal."""
    logger("transport").warning("a\n2026-01-01 INFO forged \x1b[31m\u202e")

    assert out.getvalue().count("\n") == 1
    assert not {"\x1b", "\u202e"} & set(out.getvalue())
