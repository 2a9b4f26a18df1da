"""Tables that people write: what is read, what is refused, and what never leaves the folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.migration.importing import entries, imported, row, source_of, write_csv
from vaultio import InvalidArgumentError, Vault
from vaultio.migration.tables import Key, Ordered
from vaultio.sandbox import Sandbox

HOSTILE = (
    "../secret.txt",
    "/etc/hostname",
    "sub/../../secret.txt",
    "C:\\secret.txt",
    "..\\secret.txt",
    "\\\\server\\share\\secret.txt",
    "link.txt",
    "links/secret.txt",
    ".",
    "a\0b",
)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_file_outside_of_the_folder(
    name: str, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """By its name or by a link: it is not read, its row fails, and the others go on."""
    (tmp_path / "secret.txt").write_bytes(b"secret")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "links").symlink_to(tmp_path)
    (folder / "good.txt").write_bytes(b"good")
    table = [row(1, file=name), row(2, file="good.txt")]

    report = await imported(there, write_csv(folder / "list.csv", table))

    [failure] = report.failures
    assert failure.error_type in {"InvalidArgumentError", "UploadError"}
    assert [source_of(one).content.size for one in target.documents] == [4]


async def test_staged_files_stay_below_their_folder(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """Nor does a row lead elsewhere on the staging server."""
    source = write_csv(tmp_path / "list.csv", [row(1, file="../other.txt")])

    report = await imported(there, source, staged="/in/here")

    assert [one.error_type for one in report.failures] == ["InvalidArgumentError"]


async def test_a_table_from_a_spreadsheet(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Byte order mark, blank rows, spaces around cells, columns without a name or a meaning."""
    (tmp_path / "ä.txt").write_bytes(b"content")
    text = (
        "id, name__v ,type__v,lifecycle__v,file,country__v,odd,\r\n"
        '1," Plän, A",Reference Document,General Lifecycle,ä.txt,"DE,FR",x,\r\n'
        ",,,,,,,\r\n\r\n"
        '2,"Two\nlines",Reference Document,General Lifecycle,,,,\r\n'
    )
    (tmp_path / "list.csv").write_text(text, "utf-8-sig", newline="")

    report = await imported(there, tmp_path / "list.csv")

    found = {one.latest.fields["name__v"]: one for one in target.documents}
    assert (report.failures, set(found)) == ((), {"Plän, A", "Two\nlines"})
    assert found["Plän, A"].latest.fields["country__v"] == ["DE", "FR"]
    assert source_of(found["Plän, A"]).name == "ä.txt"


async def test_rows_without_an_id(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """They are told apart by their external id, or by their file."""
    (tmp_path / "a.txt").write_bytes(b"content")
    plain = {name: value for name, value in row(1).items() if name != "id"}
    table = [{**plain, "file": "a.txt"}, {**plain, "external_id__v": "X"}]

    await imported(there, write_csv(tmp_path / "list.csv", table))

    named = {one.latest.fields["external_id__v"].rpartition(":")[2] for one in target.documents}
    assert named == {"a.txt", "X"}


async def test_rows_that_nothing_tells_apart(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Of two with one external id none is imported, of two with one id the first."""
    table = [row(1, external_id__v="Y"), row(2, external_id__v="Y"), row(3), row(3)]

    report = await imported(there, write_csv(tmp_path / "list.csv", table))

    said = {str(one.message).split(" stands for ")[1].split(" too: ")[0] for one in report.failures}
    assert said == {"document 1", "document 2", "another row of document 3 (0.1)"}
    assert len(target.documents) == 1


async def test_changed_tables(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Rows that are new are imported by the next run; those that are done are left alone."""
    source = write_csv(tmp_path / "list.csv", [row(1)])
    await imported(there, source)

    write_csv(source, [row(2), row(1, title__v="changed")])
    report = await imported(there, source)

    assert (len(target.documents), report.count("done")) == (2, 2)
    assert [one.latest.fields.get("title__v") for one in target.documents] == [None, None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name__v\n1,a,b\n", "line 2: 3 cells, but 2 columns"),
        ("id,id\n1,2\n", "two columns have one name"),
        ('id\n"1\n', "line 2"),
        ("id,major_version_number__v\n1,x\n", "whole number, not 'x'"),
        ("name__v\nPlan\n", "a row needs id"),
        ("id\n\udcff\n", "line 2"),
    ],
)
async def test_a_table_that_cannot_be_read(
    text: str, said: str, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """It is refused with the line, before anything of it is imported."""
    source = tmp_path / "list.csv"
    source.write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(InvalidArgumentError, match=said):
        await imported(there, source)

    assert target.quota.calls == 0


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Ordered]:
    """A table of two owners with one identity; their versions lie in no order."""
    lines = [{"id": 2, "v": 3}, {"id": 1, "v": 10}, {"id": 2, "v": 1}, {"id": 1, "v": 9}]
    path = tmp_path / "a.jsonl"
    path.write_text("\n\n".join(map(json.dumps, lines)))
    with closing(Ordered(path, lambda one: Key(str(one["id"]), one["v"], 0, "X"))) as table:
        yield table


def test_rows_in_order(table: Ordered) -> None:
    """Versions come upwards, however they lie, and owners in the order of their first rows."""
    found = [(owner, [one["v"] for one in group]) for owner, group in table.groups()]

    assert found == [("2", [1, 3]), ("1", [9, 10])]


def test_rivals(table: Ordered) -> None:
    """Who else has an identity is known, without going through the rows."""
    assert (table.rival("X", "1"), table.rival("X", "2"), table.rival("Z", "1")) == ("2", "1", None)


async def test_long_names_of_documents_stay_apart(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """An identity that is made of a long id fits into a field, and is nobody else's."""
    table = [row(1, id="x" * 300 + end) for end in "ab"]

    report = await imported(there, write_csv(tmp_path / "list.csv", table))

    names = [str(one.latest.fields["external_id__v"]) for one in target.documents]
    assert (report.failed, len(set(names)), max(map(len, names)) <= 250) == (0, 2, True)
    assert len(await entries(report.path.parent)) == 2
