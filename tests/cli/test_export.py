"""``vaultio export``: what it fetches, how it ends, what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from vaultio.migration import MANIFEST_NAME
from vaultio.sandbox import Sandbox


def exported(folder: Path) -> list[str]:
    """Name the documents that there is a folder of."""
    return sorted(path.name for path in folder.iterdir() if path.name.isdecimal())


@pytest.fixture
def documents(served: Sandbox) -> list[int]:
    """Three documents."""
    return [served.documents.add(f"Plan {number}", b"source") for number in range(3)]


def test_all_documents(vaultio: Command, documents: list[int], tmp_path: Path) -> None:
    """Without a choice everything is exported, and summed up on stdout."""
    result = vaultio("export", "--to", tmp_path)

    assert result.exit_code == 0, result.stderr
    assert exported(tmp_path) == [str(one) for one in documents]
    assert "3 by MD5" in result.stdout
    assert f"Manifest: {tmp_path / MANIFEST_NAME}" in result.stdout


def test_ids_from_a_file(vaultio: Command, documents: list[int], tmp_path: Path) -> None:
    """Ids come from the command line, from a file or from standard input, however separated."""
    listed = tmp_path / "ids.txt"
    listed.write_text(f"{documents[0]}\n{documents[2]}, {documents[2]}\n")

    for number, ids in enumerate((f"{documents[0]},{documents[2]}", f"@{listed}", "@-")):
        folder = tmp_path / f"to-{number}"
        vaultio("export", "--to", folder, "--ids", ids, stdin=listed.read_text())

        assert exported(folder) == [str(documents[0]), str(documents[2])]


def test_a_query(vaultio: Command, documents: list[int], tmp_path: Path) -> None:
    """A query chooses the documents."""
    vql = f"SELECT id FROM documents WHERE id = {documents[1]}"

    vaultio("export", "--to", tmp_path, "--vql", vql)

    assert exported(tmp_path) == [str(documents[1])]


def test_what_to_include(
    vaultio: Command, served: Sandbox, documents: list[int], tmp_path: Path
) -> None:
    """Renditions and attachments come if they are asked for."""
    served.documents.add_rendition(documents[0])
    served.documents.add_attachment(documents[0], "a.txt", b"a")

    result = vaultio("export", "--to", tmp_path, "--include", "renditions,attachments")

    assert len(list(tmp_path.rglob("*.pdf")) + list(tmp_path.rglob("a.txt"))) == 2
    assert "Source" not in result.stdout


def test_some_failed(
    vaultio: Command, served: Sandbox, documents: list[int], tmp_path: Path
) -> None:
    """Items that failed are said on stderr and give exit code 3; the rest is done."""
    served.faults.failure("INSUFFICIENT_ACCESS", path=f"*/documents/{documents[1]}/*")

    result = vaultio("export", "--to", tmp_path)

    assert result.exit_code == 3
    assert (
        f"failed: document {documents[1]} (0.1) source file: INSUFFICIENT_ACCESS" in result.stderr
    )
    assert "1 item failed" in result.stdout
    assert len(list(tmp_path.rglob("*.docx"))) == 2


def test_quiet(vaultio: Command, documents: list[int], tmp_path: Path) -> None:
    """With --quiet an export that goes well says nothing on stderr."""
    assert vaultio("export", "--to", tmp_path, "-q").stderr == ""


def test_names_from_vault_do_nothing_to_the_terminal(
    vaultio: Command, served: Sandbox, tmp_path: Path
) -> None:
    """Escapes and markup in what Vault says are shown, not obeyed."""
    one = served.documents.add("Plan")
    served.faults.failure("X", "\x1b[2J\x9b31m[red]\u202ehidden\r\n", path=f"*/{one}/*/file")

    result = vaultio("export", "--to", tmp_path)

    assert r"\x1b[2J\x9b31m[red]\u202ehidden\r\n" in result.stderr
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(result.stderr + result.stdout)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--ids", "1", "--vql", "SELECT id FROM documents"],
        *(["--ids", ids] for ids in ("x", "-1", "1.5", "0", ",", "@/no/such/file")),
        *(["--include", kinds] for kinds in ("", "sources", "source;renditions")),
        ["--concurrency", "0"],
        *(["--renditions", types] for types in ("", ",")),
        ["--csv", "/no/such/file"],
        ["--csv", __file__, "--csv-column", "id"],
        ["--csv", __file__, "--ids", "1"],
        ["--csv-column", "id"],
        ["--progress", "pink"],
    ],
)
def test_wrong_options(vaultio: Command, served: Sandbox, tmp_path: Path, wrong: list[str]) -> None:
    """What cannot be meant is exit code 2, before anything is sent."""
    result = vaultio("export", "--to", tmp_path / "to", *wrong)

    assert (result.exit_code, served.sessions.logins) == (2, 0)
    assert result.stderr
    assert not (tmp_path / "to").exists()


def test_running_again_downloads_nothing(
    vaultio: Command, served: Sandbox, documents: list[int], tmp_path: Path
) -> None:
    """The same command again makes one call, for the list."""
    vaultio("export", "--to", tmp_path)
    before = served.quota.calls

    result = vaultio("export", "--to", tmp_path)

    assert served.quota.calls - before == 2  # with the end of the session
    assert "0 fetched, 3 there before, 1 API call" in result.stdout


def test_a_csv(vaultio: Command, served: Sandbox, tmp_path: Path) -> None:
    """A file's column chooses the documents, by id or by another field."""
    one = served.documents.add("Plan", fields={"external_id__v": "P-1"})
    served.documents.add("Another")
    listed = tmp_path / "list.csv"
    listed.write_text("\ufeffOur id,Title\nP-1,Plan\n", "utf-8")

    words = ["--csv", listed, "--csv-column", "Our id=external_id__v"]
    result = vaultio("export", "--to", tmp_path / "to", *words)

    assert result.exit_code == 0, result.stderr
    assert exported(tmp_path / "to") == [str(one)]


def test_renditions_of_one_type(
    vaultio: Command, served: Sandbox, documents: list[int], tmp_path: Path
) -> None:
    """With a type, that rendition comes, and no other."""
    served.documents.add_rendition(documents[0])
    served.documents.add_rendition(documents[0], "other__c")

    vaultio("export", "--to", tmp_path, "--renditions", "viewable_rendition__v")

    found = [path.parent.name for path in tmp_path.rglob("renditions/*/*")]
    assert found == ["viewable_rendition__v"]


def test_a_dry_run(vaultio: Command, served: Sandbox, documents: list[int], tmp_path: Path) -> None:
    """It says what there is and what it takes, and writes nothing."""
    result = vaultio("export", "--to", tmp_path / "to", "--dry-run")

    assert result.exit_code == 0, result.stderr
    assert "nothing was written" in result.stdout
    assert not (tmp_path / "to").exists()
    assert served.bytes_produced < 100_000
