"""The settings of a client: frozen, checked when made, every number with its unit."""

from __future__ import annotations

import re
import ssl
import warnings
from typing import Any

from attrs import Attribute, field, frozen

from vaultio.errors import InvalidArgumentError

MIB = 1024 * 1024
_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")


def _positive(_: Any, attribute: Attribute[Any], value: float) -> None:
    if not value > 0:
        raise InvalidArgumentError(f"{attribute.name} must be more than 0, not {value!r}")


def _not_negative(_: Any, attribute: Attribute[Any], value: float | None) -> None:
    if value is not None and not value >= 0:
        raise InvalidArgumentError(f"{attribute.name} must not be negative, but is {value!r}")


def _positive_or_none(_: Any, attribute: Attribute[Any], value: float | None) -> None:
    if value is not None:
        _positive(_, attribute, value)


def _client_id(_: Any, __: Any, value: str) -> None:
    # Anything else would show up as `invalid_client_id` in the vault's usage log.
    if not _CLIENT_ID.fullmatch(value):
        raise InvalidArgumentError(
            f"client_id takes 1 to 100 letters, digits, '.', '_' or '-', not {value!r}"
        )


@frozen(kw_only=True)
class Config:
    """How a client behaves; the defaults suit a Vault in production.

    Times are in seconds, sizes in bytes.
    """

    timeout_s: float = field(default=120.0, validator=_positive)
    """One call from its first byte out to its answer, tries and pauses included; time spent
    waiting for quota does not count, nor does the body of a file."""

    connect_timeout_s: float = field(default=10.0, validator=_positive)
    """One attempt to connect, TLS included."""

    max_wait_s: float | None = field(default=None, validator=_not_negative)
    """The longest a call may wait for quota before `QuotaWaitError`; None waits as long as
    the quota needs."""

    concurrency: int = field(default=16, validator=_positive)
    """Calls in flight at once; 8 to 32 were the fastest for every client measured."""

    interactive_slots: int = field(default=2, validator=_not_negative)
    """Of these, how many only `interactive` calls may take, so that none waits behind the long
    downloads of a bulk job; half of them (rounded up) are not for files, so that calls do not wait
    behind those of people with slow lines either."""

    max_tries: int = field(default=4, validator=_positive)
    """How often one call may be sent because of network trouble."""

    max_json_bytes: int = field(default=64 * MIB, validator=_positive)
    """The largest answer that is read into memory, decoded."""

    minimum_bytes_per_s: float = field(default=1024.0, validator=_not_negative)
    """A file that arrives slower than this over a whole `stall_s` is given up."""

    stall_s: float = field(default=60.0, validator=_positive)
    """The time over which the speed of a file is measured."""

    download_timeout_s: float | None = field(default=6 * 3600.0, validator=_not_negative)
    """The longest one file may take in all; None for no end."""

    always_md5: bool = False
    """Reckon the MD5 of every file that is saved, not only where Vault's own is there to be held
    against it. It costs about 1.6 s of processor time a GiB."""

    keep_alive_s: float | None = field(default=None, validator=_positive_or_none)
    """After so many seconds without a call, one keeps the session from idling away, for as long as
    the client is open; None for never. Each costs a call of the quota. Vault's idle time is set by
    its administrator, 20 minutes as a rule: half of it leaves room for one that fails."""

    client_id: str = field(default="vaultio", validator=_client_id)
    """How the vault's usage log names the program (``X-VaultAPI-ClientID``)."""

    verify_vault: bool = True
    """Refuse a login that landed in another vault than the one asked for."""

    ssl_context: ssl.SSLContext | None = field(default=None, repr=False)
    """A context of your own, for a private certificate authority or a client certificate."""

    dangerously_unverified_tls: bool = False
    """Believe any server that it is the vault, and hand it the password: for a laboratory alone.
    Each `Config` made so warns. Without it an `ssl_context` that verifies nothing is refused."""

    def __attrs_post_init__(self) -> None:
        if self.dangerously_unverified_tls:
            warnings.warn(
                "TLS is not verified: whoever answers gets the password and the session",
                RuntimeWarning,
                stacklevel=3,  # where the settings are made
            )
        elif self.ssl_context is not None and not verifies(self.ssl_context):
            raise InvalidArgumentError(
                "ssl_context does not verify certificate and host name: trust your authority "
                "with load_verify_locations(), or say dangerously_unverified_tls=True"
            )


def verifies(context: ssl.SSLContext) -> bool:
    """Whether a context lets nobody pass for another."""
    return context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
