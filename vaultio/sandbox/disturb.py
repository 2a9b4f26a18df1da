"""Carrying out faults: before a call is looked at, and on its finished reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from vaultio.sandbox.call import disposition, json_reply
from vaultio.sandbox.failures import ConnectionCutError, RefusedError
from vaultio.sandbox.faults import Fault
from vaultio.sandbox.wire import Headers, SandboxReply


async def before(fault: Fault) -> SandboxReply | None:
    """Return what a gateway answers in Vault's place, or None to let the call through."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    if fault.kind in ("status", "html", "downtime"):
        body = fault.body.encode()
        reply = SandboxReply(
            status=fault.status,
            headers=Headers(
                {"Content-Type": "text/html;charset=UTF-8", "Content-Length": str(len(body))}
            ),
            body=body,
        )
        if fault.kind == "downtime":
            reply.headers["X-VaultAPI-DowntimeExpectedDurationMinutes"] = str(fault.minutes)
        return reply
    return None


def refuse(fault: Fault) -> None:
    """Raise the failure that stands in for the operation, if the fault is one."""
    if fault.kind == "failure":
        raise RefusedError(fault.type, fault.message)


async def after(fault: Fault, reply: SandboxReply) -> SandboxReply:
    """Return the reply with the fault in it."""
    if fault.kind == "json":
        await reply.aclose()
        failed = json_reply(RefusedError(fault.type, fault.message).envelope())
        reply.headers.pop("Content-Disposition", None)
        reply.headers.update(failed.headers)
        reply.body, reply.status, reply.response_status = failed.body, 200, "FAILURE"
        reply.error_type = fault.type
    elif fault.kind == "lost_answer":
        await reply.aclose()
        raise ConnectionCutError
    elif fault.kind == "empty":
        await reply.aclose()
        reply.body = b""
        reply.headers["Content-Length"] = "0"
    elif fault.kind == "file_name":
        reply.headers["Content-Disposition"] = disposition(fault.value)
    elif fault.kind == "reference_id":
        reply.headers["X-VaultAPI-ReferenceId"] = fault.value
    elif fault.kind in ("cut", "wrong_length", "stall", "drip"):
        _disturb_body(fault, reply)
    return reply


def _disturb_body(fault: Fault, reply: SandboxReply) -> None:
    source = SandboxReply(body=reply.body)
    if fault.kind == "cut":
        reply.headers.pop("Content-Length", None)
        reply.body = _cut(source, fault.after_bytes, None)
    elif fault.kind == "wrong_length":
        declared = _declare(fault, reply)
        reply.body = _cut(source, fault.after_bytes, declared)
    elif fault.kind == "stall":
        reply.body = _stall(source, fault.after_bytes, fault.seconds)
    else:
        reply.body = _drip(source, fault.bytes_per_second)


def _declare(fault: Fault, reply: SandboxReply) -> int:
    if isinstance(reply.body, bytes):
        length = len(reply.body)
    else:
        # A file's own length if it says one, else any that is more than what will come.
        length = int(reply.headers.get("Content-Length", fault.after_bytes + 1_000_000))
    reply.headers["Content-Length"] = str(length)
    return length


async def _split(source: SandboxReply, at: int) -> AsyncGenerator[tuple[int, bytes], None]:
    """Yield the chunks with their offset, with a chunk's border at offset *at*."""
    offset = 0
    async with aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            border = at - offset if offset < at < offset + len(chunk) else len(chunk)
            for piece in (chunk[:border], chunk[border:]):
                if piece:
                    yield offset, piece
                    offset += len(piece)


async def _cut(
    source: SandboxReply, after_bytes: int, declared: int | None
) -> AsyncGenerator[bytes, None]:
    sent = 0
    async with aclosing(_split(source, after_bytes)) as pieces:
        async for offset, piece in pieces:
            if offset >= after_bytes:
                break
            yield piece
            sent += len(piece)
    raise ConnectionCutError(sent, declared)


async def _stall(
    source: SandboxReply, after_bytes: int, seconds: float
) -> AsyncGenerator[bytes, None]:
    stalled = False
    async with aclosing(_split(source, after_bytes)) as pieces:
        async for offset, piece in pieces:
            if offset >= after_bytes and not stalled:
                stalled = True
                await asyncio.sleep(seconds)
            yield piece


async def _drip(source: SandboxReply, bytes_per_second: float) -> AsyncGenerator[bytes, None]:
    # Ten times a second, or byte by byte where that is more than one a tick.
    size = max(1, int(bytes_per_second / 10))
    async with aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            for offset in range(0, len(chunk), size):
                drop = chunk[offset : offset + size]
                await asyncio.sleep(len(drop) / bytes_per_second)
                yield drop
