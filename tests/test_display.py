"""What a notebook and a prompt show of values: short, harmless, without secrets."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.leaks import SECRET
from vaultio import Document, Page, Password, Vault
from vaultio.display import cell
from vaultio.migration import ById, Export, summarise, verify
from vaultio.sandbox import Sandbox

HOSTILE = "<img src=x onerror=alert(1)>\"'&\x1b[31m\u202e\n</table><script>"


class Tags(HTMLParser):
    """Collects the tags of a page, which fails for none that is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen = set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; ours have no attributes."""
        assert not attrs
        self.seen.add(tag)
        self.open += [] if tag == "br" else [tag]

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        assert self.open.pop() == tag


def shown(value: Any) -> str:
    """Show a value as a notebook does; check that nothing in it acts."""
    page: str = value._repr_html_()
    tags = Tags(page)
    assert tags.open == []
    assert tags.seen <= {"table", "caption", "tr", "th", "td", "p", "pre", "br"}
    assert not set("\x1b\u202e\n") & set(page)
    return page


def test_a_hostile_document() -> None:
    """A name is text, whatever it holds; it is cut, and what cannot be seen is a dot."""
    fields = {HOSTILE: HOSTILE, "long__v": "x" * 5_000}
    page = shown(Document(id=7, name=HOSTILE, fields=fields))

    assert "&lt;script&gt;" in page
    assert "x" * 200 not in page
    assert shown(Page((Document(id=7, name=HOSTILE, fields=fields),) * 3, 3)).count("<tr>") == 4


def test_long_pages_are_cut() -> None:
    """Of 10,000 rows of 100 columns a notebook gets the first, and is told how many there are."""
    rows = tuple({f"column {n}": n for n in range(100)} for _ in range(10_000))
    page = shown(Page(rows, 12_345))

    assert len(page) < 50_000
    assert "10,000 of 12,345 items" in page
    assert "and 9,950 more rows and 80 more columns" in page


def test_a_prompt_gets_a_line() -> None:
    """What is empty is left out, what is long is cut."""
    document = Document(id=7, name="Plan", fields={"country__v": "x" * 1_000, "a": 1})

    assert repr(document).startswith("Document(id=7, name='Plan', is_binder=False, ")
    assert repr(document).endswith(", fields=<2>)")
    assert len(repr(Page((document,) * 500))) < 500
    assert repr(Page(())) == "<Page: no items>"


def test_no_secret() -> None:
    """Credentials are stars wherever they stand."""
    credentials = Password("ana@example.com", "s3cr3t-PLANTED-password!")

    assert not SECRET.search(shown(Page(({"login": credentials},), 1)))
    assert cell(credentials.password) == "***"


async def test_reports_and_plans(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Plans, reports, summaries and verifications are tables with what failed."""
    sandbox.documents.add(HOSTILE, b"x", file_name="a.bin", document_id=7)
    sandbox.faults.failure("INSUFFICIENT_ACCESS", HOSTILE, path="*/documents/7/*file")
    job = Export(vault, tmp_path, selection=ById([7]))
    assert "1 document with 1 file" in shown(await job.plan())

    async for _ in job.run():
        pass
    summary = await summarise(tmp_path)

    for one in (job.report, summary):
        assert "&lt;script&gt;" in shown(one)
        assert "items=2" in repr(one)
        assert "failed=1" in repr(one)
    assert "is_right" in shown(await verify(tmp_path))


@pytest.mark.parametrize("value", [None, 0, False, "", [1], {"a": "<b>"}])
def test_cells(value: Any) -> None:
    """A cell is one line of text."""
    assert "<" not in cell(value)
