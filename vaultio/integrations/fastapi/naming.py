"""What a browser is told that a file is: a name it can save, a type it cannot run."""

from __future__ import annotations

import re
from mimetypes import MimeTypes
from urllib.parse import quote

OCTETS = "application/octet-stream"
_TYPES = MimeTypes()  # now, as it reads files; and not those of the machine
_ATTR_CHARS = "!#$&+-.^_`|~"  # of RFC 8187, beside letters and digits
_NOT_PLAIN = re.compile(r"[^ !#$&'()+,\-.0-9;=@A-Z\[\]^_`a-z{}~]")

# What a page of the app's own origin may show: none of them runs scripts there.
_SHOWN = re.compile(
    r"application/pdf|text/plain|image/(png|jpeg|gif|webp|avif|bmp|tiff)|(audio|video)/[\w.+-]+"
)


def media_type(said: str | None, name: str) -> str:
    """Return the type that was said or, as Vault calls most files plain bytes, the name's."""
    kind = (said or OCTETS).strip()
    if kind.partition(";")[0].strip().lower() != OCTETS:
        return kind
    return _TYPES.guess_type(name)[0] or OCTETS


def may_be_shown(kind: str) -> bool:
    """Say whether a browser may show files of this type on the app's pages."""
    return _SHOWN.fullmatch(kind.partition(";")[0].strip().lower()) is not None


def disposition(name: str, *, inline: bool) -> str:
    r"""Write a Content-Disposition (RFC 6266) for a safe name: for old browsers, and exactly.

    >>> disposition("Prüfplan 1.pdf", inline=False)
    'attachment; filename="Pr_fplan 1.pdf"; filename*=UTF-8\'\'Pr%C3%BCfplan%201.pdf'
    """
    plain = _NOT_PLAIN.sub("_", name)
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"
    return f'{"inline" if inline else "attachment"}; filename="{plain}"{exact}'
