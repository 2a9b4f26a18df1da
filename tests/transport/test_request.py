"""`Vault.request`: whatever has no coroutine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transport.server import answers, calls, client
from vaultio import (
    ClosedError,
    ForeignLinkError,
    InvalidArgumentError,
    NotFoundError,
    NotVaultError,
    SessionId,
    Vault,
)
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import RawServer, reply

XML = {"Content-Type": "application/xml;charset=UTF-8"}
GOOD = b"<VaultResponse><responseStatus>SUCCESS</responseStatus><x>1</x></VaultResponse>"
BAD = (
    b"<VaultResponse><responseStatus>FAILURE</responseStatus><errors><error>"
    b"<type>INVALID_DOCUMENT</type><message>Document not found 7</message></error></errors>"
    b"</VaultResponse>"
)
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<VaultResponse><responseStatus>SUCCESS</responseStatus><x>&b;</x></VaultResponse>"
)
OUTSIDE = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<VaultResponse><responseStatus>&a;</responseStatus></VaultResponse>"
)


async def test_json_by_path(vault: Vault, sandbox: Sandbox) -> None:
    """The answer's object comes back, with the query sent along."""
    document_id = sandbox.documents.add("Protocol", b"the file")
    answer = await vault.request("GET", "objects/documents", query={"limit": 1})
    assert answer["documents"][0]["document"]["id"] == document_id


async def test_an_absolute_path(vault: Vault) -> None:
    """A path from the root is sent as it is."""
    answer = await vault.request("GET", "/api/v24.1/objects/documents")
    assert answer["responseStatus"] == "SUCCESS"


@pytest.mark.parametrize("host", ["vault.example.com", "127.example.com", "8.8.8.8"])
def test_plain_http_to_somebody_else_is_refused(host: str) -> None:
    """A password in the clear stays on one's own machine; a name may begin like its address."""
    with pytest.raises(InvalidArgumentError, match="use https"):
        Vault(f"http://{host}", SessionId("S-0"), api_version="v11.0")


@pytest.mark.parametrize("host", ["xn--.veevavault.com", "ü" * 70 + ".com"])
def test_a_name_that_no_host_can_have_is_refused(host: str) -> None:
    """An address that could never be asked is found out at once."""
    with pytest.raises(InvalidArgumentError, match="cannot be the name of a host"):
        Vault(f"https://{host}", SessionId("S-0"), api_version="v11.0")


async def test_another_host_is_refused(vault: Vault) -> None:
    """The session never goes to another host, nor outside the API."""
    with pytest.raises(ForeignLinkError):
        await vault.request("GET", "//evil.example/api/v11.0/objects")
    with pytest.raises(InvalidArgumentError, match="without the slash in front"):
        await vault.request("GET", "/login")


async def test_a_query_in_the_path_is_refused(vault: Vault) -> None:
    """It would be sent as a part of the path, and nothing be found there."""
    with pytest.raises(InvalidArgumentError, match="goes by query="):
        await vault.request("GET", "objects/documents?limit=1")


@pytest.mark.parametrize(
    "headers", [{"X-A": "a\r\nX-B: b"}, {"X-A": "ü"}, {"X A": "a"}, {"X-A\n": "a"}, {"X-A": " a"}]
)
async def test_a_header_that_cannot_be_sent(vault: Vault, headers: dict[str, object]) -> None:
    """A header that would end its line is refused at once, not after four tries."""
    with pytest.raises(InvalidArgumentError, match="HTTP cannot carry"):
        await vault.request("GET", "objects/documents", headers=headers)


async def test_a_form_and_json_at_once_are_refused(vault: Vault) -> None:
    """A request has one body."""
    with pytest.raises(InvalidArgumentError):
        await vault.request("POST", "query", form_fields={"q": "x"}, json={})


async def test_xml_comes_back_as_it_is() -> None:
    """With Accept XML the body is handed out untouched."""
    async with RawServer(answers(reply(GOOD, headers=XML))) as server, client(server) as vault:
        assert await vault.request("GET", "objects/users", accept="application/xml") == GOOD
    assert calls(server)[0].headers["accept"] == "application/xml"


async def test_a_failure_in_xml_raises_the_same_error() -> None:
    """What Vault refuses in XML is the error that it would be in JSON."""
    async with RawServer(answers(reply(BAD, headers=XML))) as server, client(server) as vault:
        with pytest.raises(NotFoundError, match="Document not found 7"):
            await vault.request("GET", "objects/documents/7", accept="application/xml")


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, b"<VaultResponse>", b"", b"\xff\xfe"])
async def test_hostile_or_broken_xml_is_refused(body: bytes) -> None:
    """Entities are never expanded, and what is no XML is not an answer."""
    async with RawServer(answers(reply(body, headers=XML))) as server, client(server) as vault:
        with pytest.raises(NotVaultError):
            await vault.request("GET", "objects/users", accept="application/xml")


async def test_a_closed_client_says_so() -> None:
    """A call after the end of the block is not sent, and the reason is one of ours."""
    async with RawServer(answers(reply(GOOD, headers=XML))) as server:
        async with client(server, password=False) as vault:
            pass
        with pytest.raises(ClosedError, match="closed"):
            await vault.documents.retrieve(7)
    assert server.requests == []


@pytest.mark.parametrize(
    "options", [{"priority": "urgent"}, {"timeout_s": 0}, {"timeout_s": float("nan")}]
)
async def test_options_that_cannot_be_meant(vault: Vault, options: dict[str, Any]) -> None:
    """A view with options that make no sense is refused at once."""
    with pytest.raises(InvalidArgumentError):
        vault.with_options(**options)
