"""What a downloaded file is called: the name a server sends, made safe for any disk.

Pure: nothing here looks at a disk.
"""

from __future__ import annotations

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from urllib.parse import unquote_to_bytes

MAX_BYTES = 240
"""The longest name in bytes of UTF-8. Disks take 255; the rest is for what tools append."""

_MAX_EXTENSION_BYTES = 40
_LAST_RESORT = "download"

_PARAMETER = re.compile(
    r"""[ \t]* ([^\s=;"]+) [ \t]*=[ \t]* ( "(?:[^"\\]|\\.)*" | [^;"\s][^;]* | ) [ \t]* (?:;|$)""",
    re.VERBOSE | re.DOTALL,
)
_EXTENDED = re.compile(r"([A-Za-z0-9-]+)'[^']*'((?:[^%]|%[0-9A-Fa-f]{2})*)", re.DOTALL)
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")
_CHARSETS = frozenset({"utf-8", "iso-8859-1", "us-ascii", "windows-1252"})

# Turns the reading direction around ("exe.pdf" that ends in "fdp.exe") or is not seen at all.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NOT_IN_A_NAME = re.compile('[<>:"/\\\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"}
    | {f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"}
)


def disposition_name(header: str | None) -> str | None:
    """Read the file name out of a ``Content-Disposition`` header.

    Returns the name as it was meant, with whatever it holds (``../``, control characters):
    it is for people, `safe_name` makes it one for disks. None if there is no name or the header
    is broken.
    """
    if not header:
        return None
    parameters = _parameters(_repaired(header))
    extended = parameters.get("filename*")
    name = _extended(extended) if extended is not None else None
    if name is None and "filename" in parameters:
        name = _encoded_words(_unquoted(parameters["filename"]))
    return (name or "").strip() or None


def safe_name(name: str | None, fallback: str, *, archive: bool = False) -> str:
    """Make *name* the name of one file on any common disk; *fallback* if nothing is left of it.

    The result is one path component, valid on Windows too, in NFC, at most 240 bytes of UTF-8
    with its extension kept; the same name gives the same result, and a result gives itself.
    With *archive* it ends in ``.zip``.
    """
    safe = _safe(name or "") or _safe(fallback) or _LAST_RESORT
    if archive and not safe.lower().endswith(".zip"):
        safe = _cut(f"{safe}.zip")
    return safe


def numbered(name: str, number: int) -> str:
    """Make ``name (2).ext`` of ``name.ext``, still at most 240 bytes.

    >>> numbered("protocol.pdf", 2)
    'protocol (2).pdf'
    """
    stem, extension = _split(name)
    return _cut(stem, f" ({number}){extension}")


def _parameters(header: str) -> dict[str, str]:
    """Split a header into parameters: lower-case names to raw values, without the broken ones."""
    start = header.find(";") + 1
    if "=" in header[: start or None]:
        start = 0  # no disposition type in front: seen from home-made servers
    elif start == 0:
        return {}
    found: dict[str, str] = {}
    while start < len(header):
        match = _PARAMETER.match(header, start)
        if match:
            found.setdefault(match[1].lower(), match[2])
            start = match.end()
        else:
            start = header.find(";", start) + 1 or len(header)
    return found


def _repaired(text: str) -> str:
    """Undo the reading of UTF-8 as Latin-1, which is what HTTP libraries do to raw bytes."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _unquoted(value: str) -> str:
    """Take the quotes and backslashes off a quoted-string; a token is returned as it is."""
    if not value.startswith('"'):
        return value
    return re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)


def _extended(value: str) -> str | None:
    """Decode ``UTF-8'en'na%C3%AFve.pdf`` (RFC 8187); None if it is broken."""
    match = _EXTENDED.fullmatch(_unquoted(value).strip())
    if match is None or match[1].lower() not in _CHARSETS:
        return None
    try:
        return unquote_to_bytes(match[2]).decode(match[1])
    except UnicodeError:
        return None


def _encoded_words(value: str) -> str:
    """Decode the words that mail puts into names (RFC 2047): ``=?UTF-8?B?...?=``."""
    if not _ENCODED_WORD.search(value):
        return value
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _safe(name: str) -> str:
    """Apply every rule once; the order makes a second time change nothing."""
    clean = unicodedata.normalize("NFC", _UNSEEN.sub("", name))
    clean = _cut(_NOT_IN_A_NAME.sub("_", clean).strip(". "))
    # Windows looks at what is in front of the first dot: "con .tar.gz" is the console.
    if clean.split(".", 1)[0].rstrip(" ").upper() in _DEVICES:
        clean = _cut(f"_{clean}")
    return clean


def _split(name: str) -> tuple[str, str]:
    """Split off the extension with its dot; an absurdly long one is part of the name."""
    dot = name.rfind(".")
    if dot <= 0 or len(name[dot:].encode()) > _MAX_EXTENSION_BYTES:
        return name, ""
    return name[:dot], name[dot:]


def _cut(name: str, ending: str | None = None) -> str:
    """Shorten to 240 bytes at the border of a character, in front of *ending* or the extension."""
    stem, extension = _split(name) if ending is None else (name, ending)
    room = MAX_BYTES - len(extension.encode())
    if len(stem.encode()) <= room:
        return stem + extension
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + extension
