"""Each peer's client, opened as its users open it, with the same trust."""

from __future__ import annotations

import os
import ssl
from importlib import import_module
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks._serving import Source
from vaultio import Config, Limiter, Quota, SessionId, Vault
from vaultio.transport.wire import open_client

if TYPE_CHECKING:
    import aiohttp
    import requests


def roomy() -> Limiter:
    """Make a limiter that does all its work and never lets a call wait."""
    return Limiter(burst=Quota(10**9, 300.0), daily=Quota(10**9, 86_400.0))


def settings(trust: ssl.SSLContext, in_flight: int = 16) -> Config:
    """Make our own settings: the defaults, but for the calls in flight."""
    return Config(ssl_context=trust, concurrency=in_flight)


def vault(url: str, trust: ssl.SSLContext, in_flight: int = 16, *, limited: bool = True) -> Vault:
    """Open ours, with the limiter at work or off."""
    limiter = roomy() if limited else Limiter.unlimited()
    config = settings(trust, in_flight)
    return Vault(url, SessionId("S"), api_version="v11.0", config=config, limiter=limiter)


def bare_wire(source: Source, in_flight: int) -> httpx.AsyncClient:
    """Open what carries our calls, without anything above it."""
    return open_client(settings(source.trust(), in_flight), None, source.plain)


def stock_httpx(trust: ssl.SSLContext) -> httpx.AsyncClient:
    """Open httpx as it comes; a call may wait for a connection as long as it takes."""
    return httpx.AsyncClient(verify=trust, timeout=httpx.Timeout(5.0, pool=None))


def httpx_aiohttp(trust: ssl.SSLContext) -> httpx.AsyncClient:
    """Open httpx on aiohttp's connections."""
    from httpx_aiohttp import HttpxAiohttpClient

    return HttpxAiohttpClient(verify=trust, timeout=None)


def aiohttp_session(trust: ssl.SSLContext) -> aiohttp.ClientSession:
    """Open aiohttp as it comes."""
    import aiohttp

    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust))


def requests_session(source: Source) -> requests.Session:
    """Open requests as it comes; one for each thread."""
    import requests

    trusted(source)
    return requests.Session()


def trusted(source: Source) -> None:
    """Let requests trust the servers: what the environment says goes before what a session does."""
    os.environ["REQUESTS_CA_BUNDLE"] = str(source.ca_file)


def veevatools_documents(source: Source, url: str, service: str) -> Any:
    """Open one of the services for documents of veevatools; one for each thread.

    *service* is such as ``retrieval`` or ``creation``.
    """
    root = "veevatools.veevavault"
    client = import_module(f"{root}.client").VaultClient()
    client.vaultURL, client.sessionId, client.LatestAPIversion = url, "S", "v11.0"
    trusted(source)
    module = import_module(f"{root}.services.documents.{service}_service")
    return getattr(module, f"Document{service.title()}Service")(client)
