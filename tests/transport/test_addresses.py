"""Addresses that are put together are those that httpx reads."""

from __future__ import annotations

import httpx
import pytest

from vaultio.transport.addresses import Addresses

ORIGINS = ["https://myvault.veevavault.com", "http://127.0.0.1:8000", "http://[::1]:8000"]


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize(
    "target",
    [
        "/api/v24.3/objects/documents/7",
        "/api/v24.3/objects/documents/7/file?lockDocument=true&x=a%20b",
        "/api/",
        "/a/../b/./c",
        "/.a//b",
        "/a%2Fb c/d?e=f g&h=ü",
        "/a?",
        "/a?b#c",
    ],
)
def test_an_address_is_as_httpx_reads_it(origin: str, target: str) -> None:
    """Both the short way and for what has to be quoted or normalized."""
    found, read = Addresses(origin).url(target), httpx.URL(origin + target)
    assert (found, repr(found)) == (read, repr(read))
    assert (found.raw_path, found.host, found.port) == (read.raw_path, read.host, read.port)


def test_an_httpx_that_keeps_its_addresses_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads every one: slower, and right."""
    monkeypatch.setattr(Addresses, "_put_together", lambda *_: httpx.URL("http://x/elsewhere"))
    assert str(Addresses("http://x").url("/a?b=c")) == "http://x/a?b=c"
