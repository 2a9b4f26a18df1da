"""Answers are decoded fast, and mean what they mean to `json`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultio.protocol import decoding
from vaultio.protocol.decoding import decode, shown
from vaultio.protocol.envelope import failure, read_envelope


@pytest.fixture(params=["orjson", "json"], autouse=True)
def decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test with orjson, and without it as where it is not built for the machine."""
    if request.param == "json":
        monkeypatch.setattr(decoding, "orjson", None)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 9223372036854775807, "b": 18446744073709551615, "c": -9223372036854775808}',
        b'{"a": 18446744073709551616}',
        b'{"a": -9223372036854775809}',
        b'{"a": [[123456789012345678901234567890]]}',
        b'{"a": "1234567890123456789012", "b": 1.0, "c": 1e5, "d": 0.1, "e": -0.0}',
        b'{"a": 12345678901234567.123456789, "b": 2.2250738585072011e-308}',
        b'{"a": NaN, "b": Infinity}',
        b'{"a": 1e999, "b": -1e999}',
        b'{"a": 1, "b": 2, "a": 3}',
        b'{"a": "\\ud800", "b": "\\ud83d\\ude00"}',
        b'{"a": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": "ü"}'.encode("utf-16"),
        '{"a": "ü"}'.encode("utf-32"),
        b' \r\n\t{"a": "\\u0000\x7f"}\n',
    ],
)
def test_means_what_it_means_to_json(body: bytes) -> None:
    """Numbers keep their type and all digits, and what `json` takes is taken."""
    assert repr(decode(body)) == repr(json.loads(body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b'{"a": "\xff"}',
        b'{"a": "x\x01y"}',
        b'{"a": 01}',
        b'{"a": 1,}',
        b'{"a": 1} {}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"[" * 200_000,
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 200_000,
    ],
)
def test_is_refused(body: bytes) -> None:
    """What is no JSON, too deep or too long a number is a `ValueError` and nothing else."""
    with pytest.raises(ValueError):
        decode(body)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(value=VALUES, ascii_only=st.booleans())
def test_any_value_comes_back(value: Any, ascii_only: bool) -> None:
    """What was written is read, whatever it is."""
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    assert repr(decode(body)) == repr(value)


def test_depth_ends_in_an_error_of_ours() -> None:
    """Errors that are nested as deep as can be decoded are still shown."""
    for depth in (900, 960, 1_000, 1_020):
        deep = b"[" * depth + b"]" * depth
        body = b'{"responseStatus":"FAILURE","errors":[{"type":"X","message":' + deep + b"}]}"
        try:
            envelope = read_envelope(body)
        except ValueError:
            continue
        assert failure(envelope, request="GET objects") is not None


@pytest.mark.parametrize("value", ["x" * 10_000, 10**4_000, {"a": ["y" * 999] * 99}])
def test_shown_is_short(value: object) -> None:
    """A message shows the beginning of a value."""
    assert shown(value).startswith(repr(value)[:2])
    assert len(shown(value)) <= 61
