"""TLS for servers and clients of tests: certificates that are good, and those that are not."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta

import trustme

authority = trustme.CA()
_unknown = trustme.CA()


def server_tls(*names: str) -> ssl.SSLContext:
    """Make the context of a server that is known by *names*, localhost by default."""
    return _serving(authority.issue_cert(*(names or ("localhost",))))


def client_tls() -> ssl.SSLContext:
    """Make the context of a client that trusts the servers of `server_tls`."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def expired_tls() -> ssl.SSLContext:
    """Make the context of a server whose certificate ended yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return _serving(authority.issue_cert("localhost", not_after=yesterday))


def unknown_tls() -> ssl.SSLContext:
    """Make the context of a server whose authority nobody knows."""
    return _serving(_unknown.issue_cert("localhost"))


def old_tls() -> ssl.SSLContext:
    """Make the context of a server that speaks TLS 1.1 and nothing later."""
    context = server_tls()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():  # Python, rightly, advises against it
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
