"""Looks at the built site as a browser does that has no network: does each link lead somewhere?"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from attrs import define, field

LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}
ELSEWHERE = {"index", "search", "next", "prev", "author", "copyright", "up"}
"""What a ``<link>`` may say of another page, which is not loaded."""


@define
class _Seen(HTMLParser):
    ids: set[str] = field(factory=set)
    links: list[str] = field(factory=list)
    loaded: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {given[name] or "" for name in ("id", "name") if given.get(name)}
        url = given.get(LOADED.get(tag, "href")) or ""
        if tag in LOADED and url and given.get("rel") not in ELSEWHERE:
            self.loaded.append(url)
        elif url:
            self.links.append(url)


def broken(folder: Path) -> list[str]:
    """List what a page links to or loads that is not in *folder*; other hosts may be linked to."""
    pages = {path.resolve(): _read(path) for path in sorted(folder.rglob("*.html"))}
    wrong = list[str]()
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        wrong += [f"{name} loads {url}" for url in page.loaded if not _is_file(path, url)]
        wrong += [f"{name}: {url}" for url in page.links if not _leads(path, url, pages)]
    return wrong


def _read(path: Path) -> _Seen:
    page = _Seen()
    page.feed(path.read_text("utf-8"))
    return page


def _is_file(page: Path, url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "data" or (
        not parts.scheme and not parts.netloc and (page.parent / unquote(parts.path)).is_file()
    )


def _leads(page: Path, url: str, pages: dict[Path, _Seen]) -> bool:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return parts.scheme in {"http", "https", "mailto"}
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target not in pages:
        return target.is_file()
    return not parts.fragment or unquote(parts.fragment) in pages[target].ids
