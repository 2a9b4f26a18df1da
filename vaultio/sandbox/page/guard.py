"""Who may ask: the sandbox's own page and programs of this machine, and no other web page.

A page from elsewhere that is open in the same browser can reach 127.0.0.1 too. It may send forms
there, and a name of its own may suddenly lead there; what it may not do is choose the Host and
Origin that its requests carry.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from vaultio.sandbox.wire import SandboxRequest

_OWN_SITE = ("", "same-origin", "none")


def may_read(request: SandboxRequest) -> bool:
    """Say whether this request may see what the sandbox holds without logging in."""
    return _is_local(request.host) and _site(request) in _OWN_SITE


def may_change(request: SandboxRequest) -> bool:
    """Say whether this request may switch something.

    Programs send no Origin, and may; a browser always sends one with what is not a GET.
    """
    origin = request.headers.get("origin")
    if _site(request) not in _OWN_SITE:
        return False
    return origin is None or (_is_local(request.host) and _netloc(origin) == request.host.lower())


def _site(request: SandboxRequest) -> str:
    return request.headers.get("sec-fetch-site", "").lower()


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_local(host: str) -> bool:
    """Say whether nobody's domain can be behind a name: an address, localhost, or no dot in it."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    try:
        ip_address(name)
    except ValueError:
        return name.endswith(".localhost") or (name != "" and "." not in name)
    return True
