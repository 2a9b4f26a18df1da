"""The log: one logger a room of the code, and nothing secret in any of them.

=====================  ==========================================================================
``vaultio.transport``  calls: a line each at debug, sessions that ended at info, retries as warnings
``vaultio.session``    logins and logouts
``vaultio.quota``      waits, windows, Vault's throttling, the quotas' store
``vaultio.downloads``  files that are fetched again or gone on with
``vaultio.migration``  jobs: begun, ended
``vaultio.fastapi``    files that broke off and answers that could not be given to a browser
=====================  ==========================================================================

Nothing is printed unless the program configures logging, or the environment says so:
``VAULTIO_LOG=debug``, ``VAULTIO_LOG=transport=debug,quota=info``, ``VAULTIO_LOG=info,json``. It is
read when the first client is made, never by an import. A program that has handlers of its own, at
the root or at ``vaultio``, keeps them, and the variable sets levels alone.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from vaultio.credentials import Secret, secrets_in_use

ROOT = "vaultio"
VARIABLE = "VAULTIO_LOG"
ROOMS = frozenset({"transport", "session", "quota", "downloads", "migration", "fastapi"})
"""The names of our loggers, below `ROOT`."""

_LEVELS = {name.lower(): getattr(logging, name) for name in ("DEBUG", "INFO", "WARNING", "ERROR")}
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; all else came as *extra*."""

_HINTS = ("authorization", "bearer", "passw", "pwd", "session", "token", "secret", "veeva-vault-")
_SHAPES = re.compile(
    r"""(?ix)
    (?P<kept>
        (?:authorization|[\w-]*(?:password|passwd|pwd|secret|token|session_?id)[\w-]*)
        \\?["']? \s* (?:[:=]|%3d) \s* (?:b?\\?["'])? (?:(?:bearer|basic)\s+)?
      | \bbearer\s+
    )
    (?!\*\*\*) [^\s"'&,;<>()\[\]{}\\]{3,}
    | \bveeva-vault-[0-9a-z-]{16,}
    """
)
_LONG = re.compile(r"[0-9A-F]{96,}")  # a session id of Vault's
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_SHORTEST = 6  # a shorter one may be part of any word
_WAYS_TO_WRITE: tuple[Callable[[str], str], ...] = (
    quote,
    quote_plus,
    escape,
    lambda text: json.dumps(text)[1:-1],
)

logging.getLogger(ROOT).addHandler(logging.NullHandler())


def logger(room: str) -> logging.Logger:
    """Return the logger of a room, which lets no secret through to any handler."""
    found = logging.getLogger(f"{ROOT}.{room}")
    if not any(isinstance(one, RedactingFilter) for one in found.filters):
        found.addFilter(RedactingFilter())
    return found


def redacted(text: str) -> str:
    """Blot out what is secret in a text, or looks as if it were.

    Known are the passwords, sessions and tokens that clients use now; by their looks session ids,
    access tokens, ``Authorization`` headers and whatever is called a password or a token.

    >>> redacted("POST /auth username=ana&password=hunter2")
    'POST /auth username=ana&password=***'
    """
    text = _without_those_in_use(text)
    if len(text) >= 96:
        text = _LONG.sub("***", text)
    lower = text.lower()
    for hint in _HINTS:  # which is nine tenths cheaper than to look for the shapes
        if hint in lower:
            return _SHAPES.sub(lambda found: f"{found['kept'] or ''}***", text)
    return text


def _without_those_in_use(text: str) -> str:
    """Blot out the secrets in use, however they are written: plain, in JSON, a page, an address."""
    for secret in secrets_in_use():
        for written in _written(secret):
            if written.reveal() in text:
                text = text.replace(written.reveal(), "***")
    return text


def _written(secret: Secret) -> tuple[Secret, ...]:
    """List the ways in which a secret may be written; none of one that may be part of a word."""
    if secret.written is None:
        plain = secret.reveal()
        ways = {plain, *(write(plain) for write in _WAYS_TO_WRITE)}
        secret.written = tuple(map(Secret, ways)) if len(plain) >= _SHORTEST else ()
    return secret.written


class RedactingFilter(logging.Filter):
    """Blots secrets out of records: out of message, arguments, traceback and *extra*.

    vaultio's loggers have it. Put it on a handler of yours to have it for all that is logged
    there, by other libraries too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record; it is never dropped."""
        extra = {name: value for name, value in vars(record).items() if name not in _OWN}
        texts = [_text_of(record), *map(_shown, extra.values())]
        joined = "\n".join(texts)
        if redacted(joined) != joined:  # rarely: so the parts are looked at only then
            _clean(record, texts, extra)
        if record.exc_info and record.exc_info[0] is not None:
            told = record.exc_text or logging.Formatter().formatException(record.exc_info)
            clean = redacted(told)
            if clean != told:  # then nobody may format it anew
                record.exc_text, record.exc_info = clean, None
        if record.stack_info:
            record.stack_info = redacted(record.stack_info)
        return True


def _clean(record: logging.LogRecord, texts: list[str], extra: Mapping[str, Any]) -> None:
    """Put what is left of the message and of *extra* in their places."""
    text, *others = texts
    clean = redacted(text)
    if clean != text:
        record.msg, record.args = clean, None
    for name, shown in zip(extra, others, strict=True):
        clean = redacted(shown)
        if clean != shown:
            setattr(record, name, clean)


def _text_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a message that does not fit its arguments: the handler says so
        return f"{record.msg} {record.args!r}"


def _shown(value: Any) -> str:
    """Write a value of *extra* as handlers may."""
    return value if isinstance(value, str) else repr(value)


class PlainFormatter(logging.Formatter):
    """A line for people: time in UTC, level, logger, message; nothing in it acts on a terminal."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; further lines are those of a traceback."""
        return f"{_time(record)} {_UNSEEN.sub('�', super().format(record))}"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Write the message on one line, whatever is in it."""
        return super().formatMessage(record).replace("\n", "\\n")


class JsonFormatter(logging.Formatter):
    """A JSON object a line: time, level, logger, message, exception, and whatever is *extra*."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        said: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_text or record.exc_info:
            told = record.exc_text or self.formatException(record.exc_info or (None, None, None))
            said["exception"] = told
        return json.dumps(said, default=str)


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def configure(said: str) -> None:
    """Do what ``VAULTIO_LOG`` says; what cannot be understood in it is warned of and left.

    The items are separated by commas: a level (debug, info, warning, error) for all loggers, a
    room with its level (``transport=debug``), and ``json``.
    """
    levels, as_json = _levels(said)
    root = logging.getLogger(ROOT)
    for name, level in levels.items():
        logging.getLogger(f"{ROOT}.{name}" if name else ROOT).setLevel(level)
    has_own = [one for one in root.handlers if not isinstance(one, logging.NullHandler)]
    if levels and not (has_own or logging.getLogger().handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())
        handler.addFilter(RedactingFilter())
        root.addHandler(handler)


def _levels(said: str) -> tuple[Mapping[str, int], bool]:
    """Read the levels by room (an empty name: all), and whether to write JSON."""
    levels, as_json = dict[str, int](), False
    for item in filter(None, (part.strip().lower() for part in said.split(","))):
        room, _, level = item.rpartition("=")
        room = room.removeprefix(f"{ROOT}.")
        if item == "json":
            as_json = True
        elif level in _LEVELS and (not room or room.partition(".")[0] in ROOMS):
            levels[room] = _LEVELS[level]
        else:
            warnings.warn(f"{VARIABLE}: {item!r} is not understood", RuntimeWarning, stacklevel=4)
    if as_json and not levels:
        levels[""] = logging.INFO
    return levels, as_json


@cache
def from_environment() -> None:
    """Do what the environment says, once a process: when the first client is made."""
    said = os.environ.get(VARIABLE, "")
    if said:
        configure(said)
