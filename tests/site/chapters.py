"""Cuts the README into its chapters and turns its links to where these are on the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from attrs import frozen

_FENCE = re.compile(r"\s*(```+|~~~+)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*")
_LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")
_HTML_LINK = re.compile(r"""((?:href|src)=")([^"]+)(")""")


@frozen
class Chapter:
    """What stands under one heading of the second level; the first chapter has no title."""

    title: str
    lines: tuple[str, ...]

    @property
    def slugs(self) -> list[str]:
        """The anchors of all headings in the chapter."""
        return [slug(found[2]) for line, code in told(self.lines) if not code
                if (found := _HEADING.fullmatch(line))]  # fmt: skip


def chapters(markdown: str) -> list[Chapter]:
    """Cut a text at its headings of the second level."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line, is_code in told(markdown.splitlines()):
        if line.startswith("## ") and not is_code:
            found.append((line[3:].strip(), []))
        found[-1][1].append(line)
    return [Chapter(title, tuple(lines)) for title, lines in found]


def told(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Say of each line whether it belongs to a block of code."""
    end = ""
    for line in lines:
        fence = _FENCE.match(line)
        yield line, bool(end or fence)
        if end:
            end = "" if line.strip() == end else end
        elif fence:
            end = fence[1]


def slug(heading: str) -> str:
    """Make the anchor of a heading, as GitHub does."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def shown(lines: Iterable[str]) -> list[str]:
    """Leave out what readers do not see: comments, and the frame of what can be folded up.

    A block's opening keeps its language alone.
    """
    kept, hidden = list[str](), False
    for line, is_code in told(lines):
        if not is_code and not hidden and line.lstrip().startswith("<!--"):
            hidden = "-->" not in line
        elif hidden:
            hidden = line.rstrip() != "-->"
        elif not re.match(r"</?(details|summary)\b", line):
            kept.append(re.sub(r"^(```\w+) .*", r"\1", line))
    return kept


def relinked(lines: Iterable[str], leads_to: Callable[[str], str]) -> list[str]:
    """Replace the targets of all links; *leads_to* gets them as they are written."""

    def turn(link: re.Match[str]) -> str:
        return f"{link[1]}{leads_to(link[2])}{link[3]}"

    return [
        line if is_code else _HTML_LINK.sub(turn, _LINK.sub(turn, line))
        for line, is_code in told(lines)
    ]


def raised(lines: Iterable[str], by: int = 1) -> list[str]:
    """Raise the headings, so that a chapter's own becomes the page's title."""
    return [
        line[by:] if not is_code and line.startswith("#" * (by + 1)) else line
        for line, is_code in told(lines)
    ]
