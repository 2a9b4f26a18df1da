"""``vaultio download``: one file, checked; its path on stdout."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from vaultio.sandbox import Sandbox


@pytest.fixture
def document(served: Sandbox) -> int:
    """A document of two versions; the latest has a rendition."""
    one = served.documents.add("Plan", b"first", file_name="Plan.docx")
    served.documents.add_version(one, b"second")
    served.documents.add_rendition(one, content=b"pdf", file_name="Plan.pdf")
    return one


def test_the_path_is_the_answer(vaultio: Command, document: int, tmp_path: Path) -> None:
    """Stdout has the file's path alone, for ``$(...)``; what was checked is on stderr."""
    result = vaultio("download", document, "--to", tmp_path)

    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/Plan.docx\n")
    assert result.stderr == "Plan.docx: 6 B, verified by MD5\n"
    assert (tmp_path / "Plan.docx").read_bytes() == b"second"


@pytest.mark.parametrize(
    ("options", "content"),
    [
        (["--version", "0.1"], b"first"),
        (["--rendition", "viewable_rendition__v"], b"pdf"),
        (["--version", "0.2", "--rendition", "viewable_rendition__v"], b"pdf"),
    ],
)
def test_versions_and_renditions(
    vaultio: Command, document: int, tmp_path: Path, options: list[str], content: bytes
) -> None:
    """An older version, a rendition, or the rendition of a version."""
    target = tmp_path / "to" / "file"

    result = vaultio("download", document, "--to", target, *options)

    assert result.exit_code == 0, result.stderr
    assert target.read_bytes() == content


@pytest.mark.parametrize(
    ("choice", "code", "content"),
    [
        ("error", 1, b"mine"),
        ("skip", 0, b"mine"),
        ("replace", 0, b"second"),
        ("unique", 0, b"mine"),
    ],
)
def test_a_file_of_that_name(
    vaultio: Command, document: int, tmp_path: Path, choice: str, code: int, content: bytes
) -> None:
    """--on-exists says what becomes of a file that is there."""
    (tmp_path / "Plan.docx").write_bytes(b"mine")

    result = vaultio("download", document, "--to", tmp_path, "--on-exists", choice)

    assert (result.exit_code, (tmp_path / "Plan.docx").read_bytes()) == (code, content)
    assert (tmp_path / "Plan (2).docx").exists() == (choice == "unique")
    assert ("--on-exists" in result.stderr) == (choice == "error")


def test_a_failure_leaves_nothing(
    vaultio: Command, served: Sandbox, document: int, tmp_path: Path
) -> None:
    """A file that is not what Vault knows is exit code 1, and is not there."""
    served.documents[document].latest.fields["md5checksum__v"] = "0" * 32

    result = vaultio("download", document, "--to", tmp_path)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "MD5" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong", [["x"], ["0"], ["1", "--version", "1"], ["1", "--on-exists", "y"]]
)
def test_wrong_options(vaultio: Command, served: Sandbox, wrong: list[str]) -> None:
    """What cannot be meant is exit code 2."""
    assert (vaultio("download", *wrong).exit_code, served.quota.calls) == (2, 0)
