"""What an answer is: a file, an envelope, a failure, or nothing of Vault's."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from vaultio.errors import (
    DowntimeError,
    NotVaultError,
    SwappedReplyError,
    UnreadableReplyError,
    VaultioError,
)
from vaultio.protocol.envelope import Envelope, failure, read_envelope
from vaultio.protocol.xml import XML_TYPES, read_xml_envelope
from vaultio.transport.reply import JSON_TYPES, Reply

_SHOWN = 200
_MINUTES = re.compile(r"[0-9]{1,9}")  # of thousands of digits Python makes no number


def check_reference(reply: Reply) -> None:
    """Refuse an answer that says it belongs to another request; most servers do not say.

    What comes next on its connection may be another's too, so that is done with as well.
    """
    echoed = reply.headers.get("x-vaultapi-referenceid")
    if echoed is not None and echoed != reply.reference_id:
        reply.spoil()
        raise SwappedReplyError(
            f"the answer carries the reference id of another request ({echoed[:64]!r})",
            request=reply.request,
            reference_id=reply.reference_id,
        )


def may_be_envelope(reply: Reply) -> bool:
    """Whether a body is worth reading as JSON: it says that it is, or says nothing."""
    return reply.media_type in JSON_TYPES | {"", "text/plain"}


def envelope_of(reply: Reply, body: bytes) -> Envelope:
    """Read an answer that has to be an envelope; raises what it stands for if that is a failure.

    With HTTP 200 an object without ``responseStatus`` passes: the reader decides whether it
    holds what was asked for.
    """
    try:
        envelope = read_xml_envelope(body) if reply.media_type in XML_TYPES else read_envelope(body)
    except ValueError as error:
        raise not_vault(reply, body) from error
    failed = failure(
        envelope,
        request=reply.request,
        execution_id=reply.headers.get("x-vaultapi-executionid"),
        http_status=reply.status,
    )
    if failed is not None:
        raise failed
    if envelope.status is None and reply.status != 200:
        raise not_vault(reply, body)
    return envelope


def no_file(reply: Reply, body: bytes) -> VaultioError:
    """Make the error for an answer that came in place of a file."""
    try:
        envelope_of(reply, body)
    except VaultioError as error:
        return error
    return UnreadableReplyError(f"{reply.request}: JSON came where a file was expected")


def unexpected_file(reply: Reply) -> NotVaultError:
    """Make the error for bytes where an envelope was expected."""
    return NotVaultError(
        f"a file ({reply.media_type or 'no content type'}) came in answer to {reply.request}",
        request=reply.request,
        reference_id=reply.reference_id,
        http_status=reply.status,
    )


def not_vault(reply: Reply, body: bytes) -> NotVaultError:
    """Make the error for an answer that Vault cannot have given, with what is safe to show."""
    minutes = reply.headers.get("x-vaultapi-downtimeexpecteddurationminutes")
    if minutes is not None:
        expected = int(minutes) if _MINUTES.fullmatch(minutes.strip()) else None
        error = DowntimeError(
            f"Vault is down for maintenance, for about {expected or '?'} minutes",
            request=reply.request,
            reference_id=reply.reference_id,
            http_status=reply.status,
        )
        error.expected_minutes = expected
        return error
    return NotVaultError(
        f"HTTP {reply.status} {_kind(reply, body)}: not an answer of Vault's to {reply.request}",
        request=reply.request,
        reference_id=reply.reference_id,
        http_status=reply.status,
    )


def _kind(reply: Reply, body: bytes) -> str:
    """Describe an answer in a line: where it points, that it is empty, or how it begins."""
    location = reply.headers.get("location")
    if 300 <= reply.status < 400 and location is not None:
        target = urlsplit(location)
        return f"redirect to {target.netloc or target.path[:60]!r}, which is not followed"
    if not body.strip():
        return "with an empty body"
    if reply.confidential:
        return f"with {reply.media_type or 'no content type'}, {len(body)} bytes"
    text = body[: 4 * _SHOWN].decode("utf-8", "replace")
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    kind = reply.media_type or "no content type"
    return f"with {kind} that begins {' '.join(shown.split())[:_SHOWN]!r}"


async def envelope(reply: Reply, max_bytes: int) -> Envelope:
    """Read an answer that is to be an envelope and no failure."""
    if reply.is_file and not may_be_envelope(reply):
        raise unexpected_file(reply)
    return envelope_of(reply, await reply.read(max_bytes))


async def raw(reply: Reply, max_bytes: int) -> bytes:
    """Read the body of an answer of Vault's that is no failure."""
    body = await reply.read(max_bytes)
    if envelope_of(reply, body).status is None:
        raise not_vault(reply, body)
    return body


async def file(reply: Reply, max_bytes: int) -> Reply:
    """Make sure that an answer is a file, whose body is yet to come."""
    if reply.is_file:
        return reply
    raise no_file(reply, await reply.read(max_bytes))
