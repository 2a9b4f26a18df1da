"""What to do about an item that failed, in plain words, by the class of its error."""

from __future__ import annotations

import shlex
from pathlib import Path

from vaultio import errors
from vaultio.errors import VaultioError

_AGAIN = "Run the job again"
ADVICE = (
    "Run the job again, with the options that it had: {command} … What failed is tried once more, "
    "and nothing that is done is done again."
)
_OTHER = f"{_AGAIN}; if it fails once more, the message says what to mend."

_HINTS: tuple[tuple[type[VaultioError], str], ...] = (
    (
        errors.AccessDeniedError,
        "The user may not do this. Let the vault's administrator give the permission, then run "
        "the job again.",
    ),
    (
        errors.NotFoundError,
        "The vault has no such thing any more: it was deleted meanwhile, or the user may not see "
        "it. Look there whether that is right; if not, run the job again.",
    ),
    (
        errors.ParameterRequiredError,
        "Vault wants a field that is empty. Fill it in at the source, then run the job again.",
    ),
    (
        errors.QuerySyntaxError,
        "Vault does not understand the query. Correct it, then run the job again.",
    ),
    (
        errors.InvalidDataError,
        "Vault refuses a value. The message names it: correct it at the source, or in the "
        "vault's settings, then run the job again.",
    ),
    (
        errors.NotAllowedError,
        "Vault does not allow this as things are: the document's state, or a lock, forbids it. "
        "Change that, then run the job again.",
    ),
    (
        errors.MethodNotSupportedError,
        "This version of Vault's API cannot do it. Run the job again with a later --api-version.",
    ),
    (
        errors.FileTooLargeError,
        "The file is larger than Vault takes in one call. Bring it over by file staging.",
    ),
    (
        errors.ConflictError,
        "Somebody changed the same thing at the same moment. Run the job again.",
    ),
    (
        errors.ApiLimitError,
        "The vault's quota was used up, also by others. Run the job again later.",
    ),
    (
        errors.VaultServerError,
        "Vault had a trouble of its own. Run the job again later; if it stays, give the message "
        "to Veeva's support.",
    ),
    (
        errors.OutcomeUnknownError,
        "The answer was lost, so it may have been done or not. Run the job again: it looks "
        "before it repeats anything.",
    ),
    (
        errors.SwappedReplyError,
        "The answer was that of another call. Run the job again; if it stays, look at the "
        "proxies on the way to the vault.",
    ),
    (
        errors.DeadlineError,
        "Vault took too long to answer. Run the job again, perhaps with less concurrency.",
    ),
    (
        errors.TransportError,
        "The connection did not hold. Run the job again when the network is well.",
    ),
    (
        errors.ChecksumError,
        "What arrived is not what the vault says it has. Run the job again; if it fails once "
        "more, the vault's own checksum is wrong: tell Veeva's support.",
    ),
    (errors.TruncatedError, "The file broke off on its way. Run the job again."),
    (
        errors.StalledError,
        "The file came too slowly. Run the job again, perhaps with less concurrency.",
    ),
    (
        errors.TargetError,
        "The disk refused the file. Make room, or mend the permissions, then run the job again.",
    ),
    (
        errors.SourceChangedError,
        "The file changed while it was sent. Leave it alone, then run the job again.",
    ),
    (
        errors.UnreadableReplyError,
        "Vault's answer was not as its reference says. Run the job again; if it stays, report it "
        "as an error of vaultio, with the message.",
    ),
)


def hint(error_type: str | None) -> str:
    """Say in plain words what to do about an error, of which the class's name is known."""
    kind = getattr(errors, error_type or "", None)
    if not (isinstance(kind, type) and issubclass(kind, VaultioError)):
        return _OTHER
    return next((text for known, text in _HINTS if issubclass(kind, known)), _OTHER)


def command(kind: str, folder: Path) -> str:
    """Write the command that goes on with a job; *kind* is export, import or copy."""
    place = f" --to {shlex.quote(str(folder))}" if kind == "export" else ""
    return f"vaultio {kind}{place}"


def advice(kind: str, folder: Path) -> str:
    """Say how what failed, or waits, is tried again."""
    return ADVICE.format(command=command(kind, folder))
