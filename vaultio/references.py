"""Where a secret is found, said without the secret itself.

``env:NAME`` is an environment variable, ``file:/path`` the first line of a file that nobody else
may read, ``keyring:service/name`` an entry of the system's keyring (extra `keyring`), and
``call:module:function`` what a function returns that can be imported.
"""

from __future__ import annotations

import importlib
import os
import re
import stat
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from vaultio.errors import InvalidArgumentError

_REFERENCE = re.compile(
    r"env:[A-Za-z_]\w*|file:.+|keyring:[^/\s]+/.+|call:[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.DOTALL
)
_HINT = 'pip install "vaultio[keyring]"'


def is_reference(text: object) -> bool:
    """Whether a text says where a secret is; anything else may be the secret itself."""
    return isinstance(text, str) and _REFERENCE.fullmatch(text) is not None


def has_password(url: str) -> bool:
    """Whether an address, such as that of a store, has a password in it."""
    parts = urlsplit(url)
    return bool(parts.password) or "password" in parse_qs(parts.query)


def looked_up(reference: str) -> Any:
    """Find what a reference names. Blocks: it may read files, import modules, ask a keyring.

    Raises `InvalidArgumentError`, which names the reference, if it leads nowhere, to nothing, or
    to a file that others may read.
    """
    kind, _, name = reference.partition(":")
    find = {"env": _of_environment, "file": _of_file, "keyring": _of_keyring, "call": _of_function}
    found, trouble = None, ""
    try:
        found = find[kind](name)
    except (OSError, KeyError, ImportError, AttributeError, UnicodeError) as error:
        trouble = type(error).__name__
    if trouble:  # not in there: an error of decoding holds what it could not decode
        raise InvalidArgumentError(f"nothing is found here under {reference} ({trouble})")
    if found == "":
        raise InvalidArgumentError(f"what is found under {reference} is empty")
    return found


def keep(service: str, name: str, secret: str) -> str | None:
    """Put a secret into the system's keyring; its reference comes back, None without a keyring.

    Blocks, and may ask the user. A keyring that refuses is an `InvalidArgumentError`.
    """
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        keyring.set_password(service, name, secret)
    except keyring.errors.KeyringError as error:
        raise _refused(error) from None
    return f"keyring:{service}/{name}"


def forget(reference: str) -> None:
    """Take an entry out of the system's keyring; one that is not there is no error. Blocks."""
    keyring = _keyring()
    service, _, name = reference.removeprefix("keyring:").partition("/")
    if keyring is None:
        return
    try:
        keyring.delete_password(service, name)
    except keyring.errors.PasswordDeleteError:
        return
    except keyring.errors.KeyringError as error:
        raise _refused(error) from None


def _of_environment(name: str) -> str:
    return os.environ[name]


def _of_file(name: str) -> str:
    path = Path(name).expanduser()
    with path.open(encoding="utf-8") as file:
        _refuse_shared(path, os.fstat(file.fileno()))
        return file.readline().rstrip("\r\n")


def _refuse_shared(path: Path, status: os.stat_result) -> None:
    """Refuse a file that others may read; of the system's own, as mounted secrets are, not us.

    Such a file may be the group's, or nobody but the system's own user could read it.
    """
    if os.name != "posix":
        return  # Windows' modes say nothing about who may read
    is_systems = status.st_uid == 0 and os.geteuid() != 0
    others = stat.S_IRWXO if is_systems else stat.S_IRWXG | stat.S_IRWXO
    if status.st_mode & others:
        raise InvalidArgumentError(
            f"the file {path} can be read by others (mode {stat.S_IMODE(status.st_mode):04o}): "
            f"take that from them with chmod 600, and change the secret if they may have seen it"
        )


def _of_keyring(name: str) -> str:
    keyring = _keyring()
    if keyring is None:
        raise InvalidArgumentError(
            f"there is no keyring here to look up keyring:{name} in: {_HINT}, or have the system's "
            f"started"
        )
    service, _, entry = name.partition("/")
    try:
        found: str | None = keyring.get_password(service, entry)
    except keyring.errors.KeyringError as error:
        raise _refused(error) from None
    if found is None:
        raise KeyError(name)
    return found


def _of_function(name: str) -> Any:
    module, _, function = name.rpartition(":")
    return getattr(importlib.import_module(module), function)()


def _keyring() -> Any:
    """Return the library of keyrings; None where it is not installed or knows of no keyring."""
    try:
        import keyring
        import keyring.errors
        from keyring.backends import fail, null
    except ImportError:
        return None
    return None if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring) else keyring


def _refused(error: Exception) -> InvalidArgumentError:
    """Say that a keyring refused; its own words might be anything."""
    return InvalidArgumentError(f"the keyring refused ({type(error).__name__}): is it locked?")
