"""The files of a report: whole, self-contained, and harmless whatever names a vault has."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.migration.conftest import top
from tests.migration.stories import DENIED, begun
from vaultio.errors import InvalidArgumentError, TargetError
from vaultio.migration.report import as_json, write_report
from vaultio.migration.report.as_csv import cell

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=y>\"' \u202e\x1b[2J &amp;"
FORMULA = '=HYPERLINK("http://evil.example","x")'


class Page(HTMLParser):
    """Gathers the tags and attributes of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags = list[str]()
        self.attributes = list[tuple[str, str]]()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attributes]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


async def _written(folder: Path, *failures: tuple[str, str], done: int = 5) -> Path:
    """Tell of a run and write its report."""
    story = begun(folder, source="a.example")
    async with story.manifest:
        await story.run(done, failures)
        await story.sample(80, 100)
    await write_report(folder)
    return folder


async def test_all_of_them_are_written(tmp_path: Path) -> None:
    """They lie beside the manifest, and no part of them does."""
    await _written(tmp_path)

    names = {f"vaultio-report.{name}" for name in ("html", "json", "csv")}
    assert top(tmp_path) == {*names, "vaultio-manifest.db"}


async def test_json(tmp_path: Path) -> None:
    """It says its format and version, each key is described, and each failure is there."""
    await _written(tmp_path, DENIED, DENIED)
    report = json.loads((tmp_path / "vaultio-report.json").read_text("ascii"))

    assert (report["format"], report["version"], report["status"]) == (
        "vaultio-report", 1, "complete"
    )  # fmt: skip
    assert (report["totals"]["done"], report["totals"]["failed"]) == (5, 2)
    assert [one["key"] for one in report["failures"]] == [
        "document/5/0.1/source", "document/6/0.1/source"
    ]  # fmt: skip
    assert "permission" in report["failures"][0]["advice"]
    assert [
        key for key in report if not re.search(rf"^{key}\b|, {key}\b", _described(), re.M)
    ] == []


def _described() -> str:
    return (as_json.__doc__ or "").partition("====")[2]


async def test_csv(tmp_path: Path) -> None:
    """A line an item, or only those that failed, with what to do about them."""
    await _written(tmp_path, DENIED)
    path = tmp_path / "vaultio-report.csv"
    states = [row["state"] for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())]
    await write_report(tmp_path, formats=["csv"], items="failed")
    [row] = csv.DictReader(path.read_text("utf-8-sig").splitlines())

    assert states == ["done"] * 5 + ["failed"]
    assert (row["message"], row["updated_at"]) == (DENIED[1], "1970-01-12T13:47:30+00:00")
    assert "permission" in row["advice"]


async def test_names_are_no_formulas_in_csv(tmp_path: Path) -> None:
    """What a spreadsheet would reckon is shown instead."""
    await _written(tmp_path, ("X", FORMULA), ("X", "a\x00b\ud800"))
    text = (tmp_path / "vaultio-report.csv").read_text("utf-8-sig")

    rows = list(csv.DictReader(text.splitlines()))
    assert rows[-2]["message"] == f"'{FORMULA}"
    assert rows[-1]["message"] == "a\\x00b\\ud800"
    assert [cell(f"{sign}1")[0] for sign in "=+-@＝\t\r\n"] == ["'"] * 5 + ["\\"] * 3


async def test_names_do_nothing_in_the_page(tmp_path: Path) -> None:
    """Tags, quotes and characters that turn the text around are shown, not obeyed."""
    clean = Page((await _written(_made(tmp_path, "a"), ("X", "x")) / PAGE).read_text("utf-8"))
    text = (await _written(_made(tmp_path, "b"), (HOSTILE, HOSTILE)) / PAGE).read_text("utf-8")
    page = Page(text)

    assert page.tags == clean.tags
    assert "<script>alert(1)</script><img src=x onerror=y>" in page.text
    assert not {"\u202e", "\x1b"} & set(text)


PAGE = "vaultio-report.html"


def _made(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


async def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    """No script, no address, nothing fetched; its policy would not let it."""
    text = (await _written(tmp_path, DENIED) / PAGE).read_text("utf-8")
    page = Page(text)

    assert not {"script", "link", "img", "iframe", "object", "a", "base"} & set(page.tags)
    assert not {"src", "href", "xlink:href", "onload", "onclick"} & dict(page.attributes).keys()
    assert not re.search(r"url\(|@import|https?:", text)
    assert "default-src 'none'" in dict(page.attributes)["content"] + text
    assert page.tags.count("svg") == 4


@pytest.mark.parametrize("done", [0, 1])
async def test_pictures_of_little(tmp_path: Path, done: int) -> None:
    """A job with nothing, or one item, has a page that says so, and no number that is none."""
    text = (await _written(tmp_path, done=done) / PAGE).read_text("utf-8")

    assert "Nothing failed." in text
    assert ("Nothing was done yet." in text) == (done == 0)
    assert not re.search(r"\b(nan|inf|None)\b", Page(text).text + "".join(_paths(text)))


def _paths(text: str) -> list[str]:
    return re.findall(r' d="([^"]*)"', text)


async def test_a_manifest_in_which_nothing_was_begun(tmp_path: Path) -> None:
    """The report of nothing is a report."""
    async with begun(tmp_path).manifest:
        pass
    await write_report(tmp_path)

    assert "Nothing was begun yet" in (tmp_path / PAGE).read_text("utf-8")
    assert json.loads((tmp_path / "vaultio-report.json").read_text())["failures"] == []
    assert len((tmp_path / "vaultio-report.csv").read_text().splitlines()) == 1


async def test_a_disk_that_refuses(tmp_path: Path) -> None:
    """What cannot be written is an error; what was there before stays, and no part is left."""
    await _written(tmp_path)
    (tmp_path / PAGE).unlink()
    (tmp_path / PAGE).mkdir()
    before = top(tmp_path)

    with pytest.raises(TargetError, match=r"vaultio-report\.html"):
        await write_report(tmp_path, formats=["html"])
    assert top(tmp_path) == before


async def test_a_full_disk(small_disk: Path) -> None:
    """A report that does not fit leaves the one before it as it was."""
    story = begun(small_disk)
    async with story.manifest:
        await story.run(1000)
    [path] = await write_report(small_disk, formats=["csv"], items="failed")
    before = path.read_bytes()
    (small_disk / "filler").write_bytes(bytes(_free(small_disk) - 20_000))

    with pytest.raises(TargetError, match="No space left"):
        await write_report(small_disk, formats=["csv"])
    assert path.read_bytes() == before
    assert not [name for name in top(small_disk) if name.endswith(".part")]


def _free(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(folder).free


async def test_formats_that_there_are_not(tmp_path: Path) -> None:
    """They are refused before anything is opened."""
    with pytest.raises(InvalidArgumentError, match="pdf"):
        await write_report(tmp_path, formats=["pdf"])  # type: ignore[list-item]
