"""Links out of answers: only their path is used, and only on the client's own host."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultio import ForeignLinkError
from vaultio.protocol.href import Href, local_target

ORIGIN = "https://vault.example.com"
PAGE = "/api/v11.0/query/0d1c?limit=100&offset=300"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ORIGIN}{PAGE}", PAGE),
        (f"HTTPS://Vault.Example.COM{PAGE}", PAGE),
        (f"https://vault.example.com:443{PAGE}", PAGE),
        (PAGE, PAGE),
        (PAGE.removeprefix("/"), PAGE),
        (f"  {PAGE}\n", PAGE),
        (f"{PAGE}#top", PAGE),
        ("/api/v22.1/a b/c?d=e f", "/api/v22.1/a%20b/c?d=e%20f"),
        ("/api/v22.1/a%20b%2Fc", "/api/v22.1/a%20b%2Fc"),
        ("/api/v22.1/100% sure", "/api/v22.1/100%25%20sure"),
        ("/api/v22.1/ü/試験", "/api/v22.1/%C3%BC/%E8%A9%A6%E9%A8%93"),
        ("/api/v22.1/a\x00b\x1b", "/api/v22.1/a%00b%1B"),
        ("/api/v22.1/lc__c.eff__c.copy9/70211/results",) * 2,
        ("/api/v22.1/a...b", "/api/v22.1/a...b"),
    ],
)
def test_own_link(text: str, expected: str) -> None:
    """Absolute, root-relative, without slash; what is encoded already is not encoded again."""
    assert local_target(Href(text), ORIGIN) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"https://evil.example{PAGE}",
        f"https://vault.example.com.evil{PAGE}",
        f"https://evil.vault.example.com{PAGE}",
        f"https://vault.example.com.{PAGE}",
        f"https://vault.example.com:8443{PAGE}",
        f"https://vault.example.com:80{PAGE}",
        f"https://vault.example.com:99999{PAGE}",
        f"https://vault.example.com:x{PAGE}",
        f"https://ana@vault.example.com{PAGE}",
        f"https://vault.example.com@evil{PAGE}",
        f"https://vault.example.com\\@evil{PAGE}",
        f"https://[::1{PAGE}",
        f"//evil{PAGE}",
        f"//vault.example.com@evil{PAGE}",
        f"\\\\evil{PAGE}",
        f"https:\\\\evil{PAGE}",
        f"https:{PAGE}",
        f"https://{PAGE}",
        f"ftp://vault.example.com{PAGE}",
        "javascript:alert(1)",
    ],
)
def test_foreign_link_is_not_followed(text: str) -> None:
    """Nothing that names another host, port, scheme or a user, however it is dressed up."""
    with pytest.raises(ForeignLinkError):
        local_target(Href(text), ORIGIN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "/login",
        "/apis/v11.0",
        "/api",
        "/api/../login",
        "/api/v11.0/./x",
        "/api/v11.0/%2e%2e/%2E%2E/login",
        "/api/v11.0/..%2f..%2flogin",
        "/api/v11.0/..\\..\\login",
        "/api/v11.0/..%5Clogin",
        "/api/v11.0/\ud800",
        f"{ORIGIN}/login?next=/api/v11.0/",
    ],
)
def test_link_that_leaves_the_api_is_not_followed(text: str) -> None:
    """A session id is for the API, and half a character is for nobody."""
    with pytest.raises(ForeignLinkError):
        local_target(Href(text), ORIGIN)


def test_link_without_a_port_to_a_vault_with_one() -> None:
    """A vault behind a forwarded port names itself without it; its path is used on our origin."""
    assert local_target(Href(f"https://localhost{PAGE}"), "https://localhost:8443") == PAGE


@given(st.text() | st.text().map(lambda text: f"/api/{text}"))
def test_target_stays_on_the_api(text: str) -> None:
    """Whatever comes is refused, or is a path of visible ASCII below ``/api/``."""
    try:
        target = local_target(Href(text), ORIGIN)
    except ForeignLinkError:
        return

    assert target.startswith("/api/")
    assert all("!" <= sign <= "~" for sign in target)
