"""The errors that any call may meet, that a login may meet, and that a query may meet."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tests.endpoints.provocation import Listed, Provocation
from tests.endpoints.provoked_documents import NAMELESS
from tests.endpoints.recording import USER
from tests.operations import DOCUMENT, PDF
from vaultio import Vault
from vaultio.sandbox import Sandbox
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.versions import OFFERED

ANY, LOGIN, QUERY = "*", "login", "query"
_MISSING = "Missing required parameter [{FIELD_NAME}]."
_NO_PASSWORD = "No password was provided for the login call."


async def _retrieve(vault: Vault, _: Path) -> None:
    await vault.documents.retrieve(773)


async def _create(vault: Vault, _: Path) -> None:
    await vault.documents.create(DOCUMENT, file=PDF)


async def _create_nameless(vault: Vault, _: Path) -> None:
    await vault.documents.create_placeholder(NAMELESS)


async def _lock(vault: Vault, _: Path) -> None:
    await vault.documents.lock(222).create()


async def _retrieve_at_once(vault: Vault, _: Path) -> None:
    await vault.with_options(max_wait_s=0).documents.retrieve(773)


async def _log_in_without_password(vault: Vault, _: Path) -> None:
    """Ask by hand: a `Password` is never empty."""
    await vault.request("POST", "auth", form_fields={"username": USER})


def _deactivate(sandbox: Sandbox) -> None:
    sandbox.users[USER].active = False


def _guess(sandbox: Sandbox) -> None:
    """Have somebody guess the password until Vault locks the user out."""
    for guess in ("1234", "password", "qwerty", "letmein", "secret"):
        with suppress(RefusedError):
            sandbox.users[USER].check(guess)


def _expire_the_password(sandbox: Sandbox) -> None:
    sandbox.users[USER].must_change_password = True


def _change_the_password(sandbox: Sandbox) -> None:
    sandbox.users[USER].password = "another"


def _take_api_access(sandbox: Sandbox) -> None:
    sandbox.users[USER].api_access = False


def _check_out(sandbox: Sandbox) -> None:
    """Have another user check document 222 out."""
    sandbox.documents[222].locked_by = 25001


def _use_the_quota_up(sandbox: Sandbox) -> None:
    while sandbox.quota.remaining:
        sandbox.quota.take(OFFERED[-1])


def _take_small_files(sandbox: Sandbox) -> None:
    sandbox.settings.max_upload_bytes = len(PDF) - 1


GENERAL = {
    # Two that are the vault's own trouble, so the sandbox is told to have them.
    Listed(ANY, "UNEXPECTED_ERROR"): Provocation(
        lambda sandbox: sandbox.faults.failure("UNEXPECTED_ERROR"), _retrieve
    ),
    Listed(ANY, "RACE_CONDITION"): Provocation(
        lambda sandbox: sandbox.faults.failure("RACE_CONDITION", path="*/documents"), _create
    ),
    Listed(ANY, "MALFORMED_URL"): Provocation(
        call=lambda vault, _: vault.request("GET", "objects/dokuments/773")
    ),
    Listed(ANY, "METHOD_NOT_SUPPORTED"): Provocation(
        call=lambda vault, _: vault.request("DELETE", "objects/documents/773/file")
    ),
    Listed(ANY, "INACTIVE_USER"): Provocation(_deactivate, _retrieve),
    Listed(ANY, "USER_LOCKED_OUT"): Provocation(_guess, _retrieve),
    Listed(ANY, "PASSWORD_CHANGE_REQUIRED"): Provocation(_expire_the_password, _retrieve),
    # The client renews a session that ended; one that ends again and again it gives up.
    Listed(ANY, "INVALID_SESSION_ID"): Provocation(
        lambda sandbox: sandbox.faults.end_session(count=None), _retrieve
    ),
    Listed(ANY, "PARAMETER_REQUIRED"): Provocation(call=_create_nameless),
    Listed(ANY, "PARAMETER_REQUIRED", _MISSING): Provocation(call=_create_nameless),
    Listed(ANY, "INVALID_DATA"): Provocation(
        call=lambda vault, _: vault.documents.update(773, {"md5checksum__v": "0"})
    ),
    Listed(ANY, "INSUFFICIENT_ACCESS"): Provocation(_take_api_access, _retrieve),
    Listed(ANY, "OPERATION_NOT_ALLOWED"): Provocation(_check_out, _lock),
    Listed(ANY, "ATTRIBUTE_NOT_SUPPORTED"): Provocation(
        call=lambda vault, _: vault.users.update(25001, {"colour": "red"})
    ),
    Listed(ANY, "EXCEEDS_FILE_MAX_SIZE"): Provocation(_take_small_files, _create),
    Listed(ANY, "API_LIMIT_EXCEEDED"): Provocation(_use_the_quota_up, _retrieve_at_once),
    Listed(LOGIN, "NO_PASSWORD_PROVIDED"): Provocation(call=_log_in_without_password),
    Listed(LOGIN, "NO_PASSWORD_PROVIDED", _NO_PASSWORD): Provocation(call=_log_in_without_password),
    Listed(LOGIN, "USERNAME_OR_PASSWORD_INCORRECT"): Provocation(_change_the_password, _retrieve),
    Listed(QUERY, "INCORRECT_QUERY_SYNTAX_ERROR"): Provocation(
        call=lambda vault, _: vault.query("SELECT id FORM documents").all()
    ),
}
