"""The documentation site: nothing is left out of it, and no link leads to nothing."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import vaultio
from benchmarks._comparison import FROM, TO, page
from tests.layers import ROOT
from tests.operations_page import spoken
from tests.site import api
from tests.site.chapters import chapters, shown, slug
from tests.site.links import broken
from tests.site.operations import home
from tests.site.pages import Page, Plan, SiteError, Text
from tests.site.stories import stories

DESCRIBED = re.compile(r":: (\S+)")
README = (ROOT / "README.md").read_text("utf-8")
TINY = Plan({"All": [Page("one", ("One",)), Page("two", ("Two", "Three"))]}, frozenset({"Four"}))
TEXT = """# T

## One
[on](#three-a)

## Two
```text
## No
```

## Three
### Three: a

## Four"""


def test_every_chapter_has_its_page() -> None:
    """The table of pages is in step with the README, and all of its links lead somewhere."""
    text = Text.of(Plan.read(), README)
    text.index()

    assert [one.name for one in text.plan.pages if one.parts and not text.page(one).strip()] == []


def test_a_chapter_on_no_page_is_missed() -> None:
    """As is a page whose chapter is gone, or that another page has as well."""
    with pytest.raises(SiteError, match="'Five' is on no page"):
        Text.of(TINY, TEXT + "\n\n## Five\n")
    with pytest.raises(SiteError, match="there is no chapter 'Three'"):
        Text.of(TINY, TEXT.replace("## Three\n", ""))
    with pytest.raises(SiteError, match="'One' is on several pages"):
        Plan({"All": [Page("a", ("One",)), Page("b", ("One",))]}, frozenset()).check(["One"])


def test_links_lead_to_other_pages() -> None:
    """A heading of the README is somewhere else on the site; a chapter's own is the title."""
    text = Text.of(TINY, TEXT)

    assert text.page(TINY.pages[0]) == "# One\n[on](/two.md#three-a)\n\n"
    assert "\n## Three\n### Three: a\n" in text.page(TINY.pages[1])
    assert text.link("tests/layers.py") == "/source/tests/layers.py.md"
    assert text.link("../README.md#one", ".docs/tutorial.md") == "/one.md#one"


@pytest.mark.parametrize("target", ["#nowhere", "tests/nothing.py", "../README.md#nowhere"])
def test_a_link_to_nothing_is_an_error(target: str) -> None:
    """Be it a heading or a file."""
    with pytest.raises(SiteError, match="a link to"):
        Text.of(TINY, TEXT).link(target, ".docs/x.md" if target.startswith("..") else "README.md")


def test_what_is_hidden_stays_hidden() -> None:
    """Comments of the README are not shown; what looks like one in a block is."""
    text = "a\n<!-- python\nb\n-->\n<!-- c -->\n<details>\n```python no-run\n<!-- d -->\n```"

    assert shown(text.splitlines()) == ["a", "```python", "<!-- d -->", "```"]
    assert slug("How long will it take?") == "how-long-will-it-take"
    assert [one.title for one in chapters(TEXT)] == ["", "One", "Two", "Three", "Four"]


def test_broken_links_are_found(tmp_path: Path) -> None:
    """In a page, between pages, and what a page would load from another host."""
    good = '<a href="b.html#x">1</a><a href="https://example.com">2</a><link rel="next" href="#">'
    bad = '<a href="#y">3</a><a href="c.html">4</a><script src="https://example.com/s.js"></script>'
    (tmp_path / "a.html").write_text(good + bad, "utf-8")
    (tmp_path / "b.html").write_text('<p id="x">', "utf-8")

    assert broken(tmp_path) == [
        "a.html loads https://example.com/s.js", "a.html: #y", "a.html: c.html"
    ]  # fmt: skip


def test_all_public_names_are_described() -> None:
    """What users import is on one of the pages, once; errors are all on theirs."""
    described = Counter(DESCRIBED.findall("".join(api.pages().values())))
    names = {name for name in vaultio.__all__ if not name.endswith("Error")}

    assert [name for name in names if described[f"vaultio.{name}"] != 1] == []


def test_every_operation_leads_to_its_coroutine() -> None:
    """The list links each operation to a method that there is."""
    homes = {call: home(call) for call in spoken().values()}

    assert homes["vault.documents.lock(…).create"] == "vaultio.endpoints.parts.lock.Lock.create"
    assert homes["vault.documents.download"] == "vaultio.endpoints.documents.Documents.download"
    assert [call for call, name in homes.items() if not name.startswith("vaultio.endpoints.")] == []


def test_every_example_tells_a_story() -> None:
    """With a title, a story, how it is run, and a program."""
    for story in stories():
        assert story.title, story.name
        assert "The story: " in story.told, story.name
        assert "Run it" in story.told, story.name
        assert story.code.startswith("from __future__"), story.name


def test_the_figures_at_the_top_are_those_of_the_table() -> None:
    """`python -m benchmarks._comparison` writes them anew when the table has changed."""
    assert README.partition(FROM)[2].partition(TO)[0] == page(README)
