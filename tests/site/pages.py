"""The pages that are text: chapters of the README, Markdown files, and the files these link to."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import define, field, frozen

from tests.layers import ROOT
from tests.site.chapters import Chapter, chapters, raised, relinked, shown

PAGES = ROOT / ".docs" / "pages.toml"
LANGUAGES = {".py": "python", ".toml": "toml", ".sh": "bash", ".lua": "lua", ".yml": "yaml"}
PICTURES = {".svg", ".png"}
MADE = {".docs/pictures/limiter.svg": "/pictures/limiter.svg", "examples": "/stories/index.md"}


class SiteError(Exception):
    """The site would be wrong: a chapter on no page, a link to nothing."""


@frozen
class Page:
    """One page: its name, and the chapters (or Markdown files) that it consists of."""

    name: str
    parts: tuple[str, ...]


@frozen
class Plan:
    """All pages in the order of the navigation, by group."""

    groups: Mapping[str, Sequence[Page]]
    left_out: frozenset[str]

    @classmethod
    def read(cls, path: Path = PAGES) -> Plan:
        """Read the table of pages."""
        table = tomllib.loads(path.read_text("utf-8"))
        left_out = frozenset(table.pop("left_out"))
        groups = {
            group: [Page(name, tuple(parts)) for name, parts in pages.items()]
            for group, pages in table.items()
        }
        return cls(groups, left_out)

    @property
    def pages(self) -> list[Page]:
        """All pages."""
        return [page for pages in self.groups.values() for page in pages]

    def check(self, titles: Sequence[str]) -> None:
        """Hold the table against the chapters that there are; the nameless one is the index."""
        planned = [part for page in self.pages for part in page.parts if not is_file(part)]
        wrong = [f"{title!r} is on no page" for title in titles if title
                 if title not in {*planned, *self.left_out}]  # fmt: skip
        wrong += [f"there is no chapter {title!r}" for title in planned if title not in titles]
        wrong += [f"{t!r} is on several pages" for t in set(planned) if planned.count(t) > 1]
        if wrong:
            raise SiteError("; ".join(sorted(wrong)) + f": see {PAGES.relative_to(ROOT)}")


def is_file(part: str) -> bool:
    """Whether a page's part is a file of the project, not a chapter of the README."""
    return part.endswith(".md")


@define
class Text:
    """Writes pages of Markdown, and remembers what else these need."""

    plan: Plan
    readme: Mapping[str, Chapter]
    sources: set[str] = field(factory=set)
    """Files of the project that pages link to, which get a page of their own."""
    pictures: set[str] = field(factory=set)
    """Pictures that pages show."""

    @classmethod
    def of(cls, plan: Plan, readme: str) -> Text:
        """Cut the README up, and see that each chapter has its page."""
        found = chapters(readme)
        plan.check([chapter.title for chapter in found])
        return cls(plan, {chapter.title: chapter for chapter in found})

    def index(self) -> str:
        """Write the first page: the README's head, and the navigation of all groups."""
        lines = self._adapted(self.readme[""].lines, "README.md")
        for group, pages in self.plan.groups.items():
            lines += ["", f"**{group}**: " + ", ".join(f"{{doc}}`/{page.name}`" for page in pages)]
        for group, pages in self.plan.groups.items():
            names = [page.name for page in pages]
            lines += ["", "```{toctree}", ":hidden:", f":caption: {group}", "", *names, "```"]
        return "\n".join(lines) + "\n"

    def page(self, page: Page) -> str:
        """Write one page; its first part gives it the title."""
        lines = list[str]()
        for number, part in enumerate(page.parts):
            if is_file(part):
                own = (ROOT / part).read_text("utf-8").splitlines()
                lines += self._adapted(own if number == 0 else own[1:], part)
            else:
                own = list(self.readme[part].lines)
                first = number == 0
                lines += self._adapted(raised(own) if first else own, "README.md")
            lines.append("")
        return "\n".join(lines)

    def source(self, path: str) -> str:
        """Write the page of a file that others link to."""
        text = (ROOT / path).read_text("utf-8")
        language = LANGUAGES.get(Path(path).suffix, "text")
        return f"---\norphan: true\n---\n# {path}\n\n`````{language}\n{text}`````\n"

    def _adapted(self, lines: Sequence[str], origin: str) -> list[str]:
        return relinked(shown(lines), lambda target: self.link(target, origin))

    def link(self, target: str, origin: str = "README.md") -> str:
        """Say where on the site a link of *origin* leads."""
        if target.startswith(("http://", "https://", "mailto:")):
            return target
        path, _, anchor = target.partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path)) if path else ""
        if (file or origin) == "README.md":
            return self._chapter(anchor) if anchor else "/index.md"
        if not file:
            return f"#{anchor}"  # in the same file; the builder looks whether it is there
        return self._file(file, f"#{anchor}" if anchor else "")

    def _chapter(self, anchor: str) -> str:
        for page in self.plan.pages:
            for part in page.parts:
                if not is_file(part) and anchor in self.readme[part].slugs:
                    return f"/{page.name}.md#{anchor}"
        raise SiteError(f"a link to #{anchor}, which is no heading of the README")

    def _file(self, file: str, anchor: str) -> str:
        for page in self.plan.pages:
            if file in page.parts:
                return f"/{page.name}.md{anchor}"
        path = ROOT / file
        if file in MADE:
            return MADE[file]
        if not path.is_file():
            raise SiteError(f"a link to {file}, which is not there")
        if path.suffix in PICTURES:
            self.pictures.add(file)
            return f"/pictures/{path.name}"
        if path.parent == ROOT / "examples":
            return f"/stories/{path.stem}.md"
        self.sources.add(file)
        return f"/source/{file}.md"
