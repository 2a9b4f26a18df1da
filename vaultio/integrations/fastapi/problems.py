"""Errors as answers: a status and a type that a browser may have, and nothing that Vault said.

Vault's messages name documents, fields and people, and its type of error is only passed on where
it looks like one. What it said is in the log ``vaultio.fastapi``, for those who run the app.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vaultio import errors
from vaultio.errors import (
    DowntimeError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    VaultError,
)
from vaultio.logs import logger

log = logger("fastapi")

_BUSY = "The vault cannot take more calls at the moment. Try again later."
_NO_ANSWER = "The vault gave no usable answer. Try again later."
_OURS = "Something is wrong on this server."
_ANSWERS: dict[type[errors.VaultioError], tuple[int, str]] = {
    errors.VaultioError: (500, _OURS),
    errors.InvalidArgumentError: (400, "A value in the request cannot be meant."),
    errors.VaultError: (502, "The vault refused the call."),
    # Of this server's account, not of the user's: nobody is to be asked for a password.
    errors.AuthenticationError: (502, "The vault did not let this server in."),
    errors.SessionExpiredError: (401, "The session of the vault has ended. Log in again."),
    errors.AccessDeniedError: (403, "This is not permitted, or there is no such thing."),
    errors.NotFoundError: (404, "There is no such thing in the vault."),
    errors.InvalidDataError: (422, "The vault did not take a value."),
    errors.NotAllowedError: (409, "The vault does not allow that in the present state."),
    errors.MethodNotSupportedError: (501, "The vault cannot do that."),
    errors.FileTooLargeError: (413, "The file is larger than the vault takes."),
    errors.ConflictError: (409, "Somebody else is changing the same thing. Try again later."),
    errors.ApiLimitError: (503, _BUSY),
    errors.VaultServerError: (502, "The vault failed. Try again later."),
    errors.TransportError: (502, _NO_ANSWER),
    errors.DeadlineError: (504, "The vault did not answer in time."),
    # Not a 502 or 504: what stands before an app likes to send those a second time.
    errors.OutcomeUnknownError: (500, "It is not known whether that was done. Look before more."),
    errors.DowntimeError: (503, "The vault is down for maintenance."),
    errors.ClosedError: (503, "This server is shutting down. Try again."),
    errors.UnreadableReplyError: (502, _NO_ANSWER),
    errors.QuotaWaitError: (503, _BUSY),
    errors.QuotaStoreError: (503, "The vault's quota cannot be counted. Try again later."),
    errors.ClusterError: (500, _OURS),
    errors.DownloadError: (502, "The file did not arrive from the vault. Try again."),
    errors.StalledError: (504, "The file came too slowly from the vault. Try again later."),
    errors.TargetExistsError: (500, _OURS),
    errors.TargetError: (500, _OURS),
    errors.JobError: (502, "A job of the vault did not end well."),
    errors.JobWaitError: (504, "A job of the vault is not done yet."),
}
_AFTER_S: dict[type[Exception], int] = {
    errors.ApiLimitError: 60,  # as long as Vault keeps out who logs in too often
    errors.DowntimeError: 300,
    errors.ClosedError: 5,
}
"""When another try makes sense, in seconds, where the error itself does not know."""
_TYPE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


def problem(error: errors.VaultioError) -> Response:
    """Make the answer to an error: ``application/problem+json`` (RFC 9457), safe for anybody.

    Its keys are ``type`` (the error's class), ``status``, ``detail`` (a sentence of ours) and,
    where Vault named one, ``vault_type`` (such as ``INVALID_DATA``). Each 503 has Retry-After, in
    seconds: as the error knows it, or else a guess (5 s to 5 minutes).
    """
    status, detail = _answer_to(error)
    body = {"type": type(error).__name__, "status": status, "detail": detail}
    if isinstance(error, VaultError) and _TYPE.fullmatch(error.type):
        body["vault_type"] = error.type
    return JSONResponse(body, status, _headers(error), "application/problem+json")


def handle_errors(app: Starlette) -> None:
    """Answer whatever vaultio raises in *app* by `problem`; 5xx go to the log as warnings.

    A handler of your own for a class below `VaultioError` goes before. Tasks that fail together, in
    an ``ExceptionGroup`` of nothing but such errors, are answered by the one with the highest
    status.
    """
    app.add_exception_handler(errors.VaultioError, _handle)
    app.add_exception_handler(ExceptionGroup, _handle_group)


async def _handle(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.VaultioError) or request.scope["type"] != "http":
        raise error  # a web socket has no status to say it by
    answer = problem(error)
    level = logging.WARNING if answer.status_code >= 500 else logging.INFO
    path, name = request.scope["path"], type(error).__name__
    log.log(level, "%s %r: %d for %s: %s", request.method, path, answer.status_code, name, error)
    return answer


async def _handle_group(request: Request, group: Exception) -> Response:
    assert isinstance(group, ExceptionGroup)
    found = list(_leaves(group))
    ours = [one for one in found if isinstance(one, errors.VaultioError)]
    if len(ours) < len(found):
        raise group
    return await _handle(request, max(ours, key=lambda one: (_answer_to(one)[0], _after_s(one))))


def _leaves(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for one in group.exceptions:
        if isinstance(one, ExceptionGroup):
            yield from _leaves(one)
        else:
            yield one


def _answer_to(error: errors.VaultioError) -> tuple[int, str]:
    """Find the status and the sentence of the class, or of the nearest one above it."""
    return next(_ANSWERS[kind] for kind in type(error).__mro__ if kind in _ANSWERS)


def _headers(error: errors.VaultioError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, SessionExpiredError):
        headers["WWW-Authenticate"] = "VaultSession"
    if after_s := _after_s(error):
        headers["Retry-After"] = str(after_s)
    return headers


def _after_s(error: errors.VaultioError) -> int:
    """Say after how many whole seconds it is worth trying again; 0 where that means nothing."""
    if isinstance(error, QuotaWaitError | QuotaStoreError):
        return max(1, math.ceil(error.retry_after_s))
    if isinstance(error, DowntimeError) and error.expected_minutes:
        return error.expected_minutes * 60
    return next((_AFTER_S[kind] for kind in type(error).__mro__ if kind in _AFTER_S), 0)
