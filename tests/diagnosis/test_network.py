"""The way to the server, step by step, on real sockets; a step that fails says what to do."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme

from tests.faults.tools.certificates import (
    authority,
    client_tls,
    expired_tls,
    server_tls,
    unknown_tls,
)
from vaultio.diagnosis import Check
from vaultio.diagnosis.network import way_checks
from vaultio.sandbox.raw import RawRequest, RawServer


def dated(ahead_s: float = 0.0) -> Callable[[RawRequest], bytes]:
    """Answer with the time of a server whose clock is so far ahead."""

    def react(_: RawRequest) -> bytes:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead_s), usegmt=True)
        return f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n".encode()

    return react


def ending(days: float) -> ssl.SSLContext:
    """Make the context of a server whose certificate is good for so many days."""
    end = datetime.now(UTC) + timedelta(days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf: trustme.LeafCert = authority.issue_cert("localhost", not_after=end)
    leaf.configure_cert(context)
    return context


async def found(url: str) -> dict[str, Check]:
    """Make all checks, by their names."""
    return {check.name: check async for check in way_checks(url, client_tls())}


async def test_a_way_that_is_well() -> None:
    """Each step is ok, and the certificate's days are counted."""
    async with RawServer(dated(), ending(100.5)) as server:
        checks = await found(server.url)

    assert list(checks) == ["dns", "tcp", "tls", "clock"]
    assert {check.state for check in checks.values()} == {"ok"}
    assert "good for 100 more days" in checks["tls"].said


@pytest.mark.parametrize(
    ("context", "state", "said"),
    [
        (lambda: ending(5.5), "warn", "5 more days"),
        (expired_tls, "fail", "expired"),
        (unknown_tls, "fail", "not trusted"),
        (lambda: server_tls("another.example"), "fail", "not trusted"),
    ],
)
async def test_a_certificate(context: Callable[[], ssl.SSLContext], state: str, said: str) -> None:
    """One that ends soon is a warning; one that is not to be trusted fails, and says why."""
    async with RawServer(dated(), context()) as server:
        checks = await found(server.url)

    assert (checks["tls"].state, checks["clock"].state) == (
        state,
        "ok" if state == "warn" else "skip",
    )
    assert said in checks["tls"].said
    assert checks["tls"].advice


@pytest.mark.parametrize(
    ("ahead_s", "state", "said"),
    [
        (0, "ok", "server's"),
        (20, "ok", "server's"),
        (90, "warn", "behind"),
        (-90, "warn", "ahead of"),
        (4_000, "fail", "behind"),
        (-4_000, "fail", "ahead of"),
    ],
)
async def test_the_clock(ahead_s: float, state: str, said: str) -> None:
    """It is held against the server's, whose answer has it in whole seconds."""
    async with RawServer(dated(ahead_s)) as server:
        check = (await found(server.url))["clock"]

    assert (check.state, said in check.said) == (state, True), check
    assert bool(check.advice) == (state != "ok")


async def test_a_server_that_tells_no_time() -> None:
    """That is a warning, not the end."""
    async with RawServer(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as server:
        checks = await found(server.url)

    assert (checks["clock"].state, checks["tls"].state) == ("warn", "ok")


async def test_nobody_listens() -> None:
    """No connection: what comes after it is left out, and the advice names the place."""
    checks = await found("http://127.0.0.1:9")

    assert [check.state for check in checks.values()] == ["ok", "fail", "skip", "skip"]
    assert "127.0.0.1:9" in checks["tcp"].advice


async def test_a_name_that_is_not_known() -> None:
    """The address is named: it may be a typing error."""
    checks = await found("https://no-such-vault.invalid")

    assert [check.state for check in checks.values()] == ["fail", "skip", "skip", "skip"]
    assert "no-such-vault.invalid" in checks["dns"].advice


async def test_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls go there first: it is looked at, and its password not shown."""
    async with RawServer(dated()) as server:
        port = server.url.rpartition(":")[2]
        monkeypatch.setenv("HTTPS_PROXY", f"http://ana:hidden@127.0.0.1:{port}")
        checks = await found("https://myvault.veevavault.com")

    assert [check.state for check in checks.values()] == ["ok", "ok", "skip", "skip"]
    assert f"the proxy 127.0.0.1:{port}" in checks["tcp"].said
    assert "hidden" not in str(checks)
