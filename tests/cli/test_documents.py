"""``vaultio documents``, ``attachments``, ``binders`` and ``jobs``: what people do every day."""

from __future__ import annotations

import io
import json
import os
import pty
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.cli.conftest import Command, process
from vaultio.cli.acting import confirm
from vaultio.cli.running import UsageError
from vaultio.sandbox import Sandbox

SOP = ("--type", "SOP", "--lifecycle", "General Lifecycle")


@pytest.fixture
def one(served: Sandbox) -> int:
    """A document of two versions with two attachments."""
    document = served.documents.add("Plan", b"first", file_name="Plan.docx", type_name="SOP")
    served.documents.add_version(document, b"second")
    for number in range(2):
        served.documents.add_attachment(document, f"Appendix {number}.txt", b"appendix %d" % number)
    return document


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to send."""
    path = tmp_path / "Cleaning.pdf"
    path.write_bytes(b"%PDF-1.7 cleaning")
    return path


def test_a_documents_life(vaultio: Command, served: Sandbox, file: Path) -> None:
    """Created, found, given a new file, changed, deleted."""
    number = vaultio("documents", "create", file, *SOP, "--set", "title__v=New").stdout.strip()
    listed = vaultio("documents", "list", "--type", "SOP", "-o", "jsonl").stdout
    again = vaultio("documents", "upload", number, file)
    changed = vaultio("documents", "update", number, "--set", "title__v=a=b")
    versions = vaultio("documents", "versions", number, "-o", "csv").stdout
    [shown] = json.loads(vaultio("documents", "show", number, "-o", "json").stdout)
    gone = vaultio("documents", "delete", number, "--yes")

    assert (json.loads(listed)["id"], json.loads(listed)["name__v"]) == (int(number), "Cleaning")
    assert (again.stdout, changed.exit_code, gone.exit_code) == ("0.2\n", 0, 0)
    assert (shown["title__v"], versions.splitlines()[1:]) == (
        "a=b",
        [f"{number},0,1", f"{number},0,2"],
    )
    assert list(served.documents) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("documents", "create", "{file}", *SOP), "POST /api/v11.0/objects/documents: 1 call"),
        (("documents", "upload", "{one}", "{file}"), "POST /api/v11.0/objects/documents/{one}"),
        (("documents", "update", "{one}", "--set", "title__v=x"), "PUT /api/v11.0/objects/"),
        (
            ("documents", "delete", "{one}", "9"),
            "DELETE /api/v11.0/objects/documents/{one}: 1",
        ),
        (("attachments", "add", "{one}", "{file}"), "POST /api/v11.0/objects/documents/{one}/att"),
    ],
)
def test_dry_runs(
    vaultio: Command, served: Sandbox, one: int, file: Path, words: tuple[str, ...], said: str
) -> None:
    """The calls that would write are said, and none is made: nothing needs to be confirmed."""
    done = vaultio(*(word.format(one=one, file=file) for word in words), "--dry-run")

    assert (done.exit_code, served.quota.calls) == (0, 0), done.stderr
    assert f"would send {said.format(one=one)}" in done.stdout
    assert done.stdout.endswith("nothing was written\n")


def test_a_deletion_is_asked_about(served: Sandbox, one: int) -> None:
    """At a terminal nothing but a yes deletes."""
    terminal, stdin = pty.openpty()
    running = process("documents", "delete", one, stdin=stdin)
    os.write(terminal, b"n\n")
    out, err = running.communicate(timeout=60)

    assert (running.returncode, out, len(list(served.documents))) == (2, "", 1)
    assert f"Delete 1 document ({one}) with all their versions? [y/N]" in err
    for number in (terminal, stdin):
        os.close(number)


def test_a_yes_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Y or yes, in whatever case; else it is not meant."""
    for answer in ("y", "YES", "", "no"):
        monkeypatch.setattr("sys.stdin", terminal := io.StringIO(f"{answer}\n"))
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        with nullcontext() if answer.lower().startswith("y") else pytest.raises(UsageError):
            confirm("Delete it", yes=False)


def test_some_deletions_fail(vaultio: Command, served: Sandbox, one: int) -> None:
    """The others are done; each failure is said with its id."""
    done = vaultio("documents", "delete", 4711, one, "--yes")

    assert (done.exit_code, list(served.documents)) == (3, [])
    assert "document 4711: " in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("documents", "create"),
        ("documents", "create", "{file}", "--placeholder"),
        ("documents", "create", "not there.pdf"),
        ("documents", "update", "1"),
        ("documents", "update", "1", "--set", "title"),
        ("documents", "delete", "1"),
        ("documents", "list", "--fields", ","),
        ("attachments", "list", "0SI1"),
        ("attachments", "add", "1", "not there.pdf"),
    ],
)
def test_what_cannot_be_meant(
    vaultio: Command, served: Sandbox, file: Path, words: tuple[str, ...]
) -> None:
    """It is wrong usage, said before anything is sent."""
    done = vaultio(*(word.format(file=file) for word in words))

    assert (done.exit_code, served.quota.calls) == (2, 0)


def test_attachments(
    vaultio: Command, served: Sandbox, one: int, file: Path, tmp_path: Path
) -> None:
    """Added, listed, fetched: all of them, or one."""
    added = vaultio("attachments", "add", one, file).stdout
    listed = json.loads(vaultio("attachments", "list", one, "-o", "json").stdout)
    fetched = vaultio("attachments", "download", one, "--to", tmp_path / "all").stdout
    single = vaultio(
        "attachments", "download", one, listed[0]["id"], "--to", tmp_path / "one"
    ).stdout

    assert added.split()[1:] == ["version", "1"]
    found = sorted(row["filename__v"] for row in listed)
    assert found == ["Appendix 0.txt", "Appendix 1.txt", file.name]
    assert [Path(line).name for line in fetched.splitlines()] == [
        row["filename__v"] for row in listed
    ]
    assert Path(single.strip()).read_bytes().startswith(b"appendix")


def test_attachments_of_a_record(vaultio: Command, served: Sandbox, file: Path) -> None:
    """--object says whose they are."""
    served.records.add_object("site__v")
    record = served.records.add("site__v", "Graz")

    vaultio("attachments", "add", record, file, "--object", "site__v")

    [row] = json.loads(
        vaultio("attachments", "list", record, "--object", "site__v", "-o", "json").stdout
    )
    assert row["filename__v"] == file.name


def test_a_binders_tree(vaultio: Command, served: Sandbox, one: int) -> None:
    """Sections and documents below each other; as rows each has its level."""
    binder = served.documents.add("File", binder=True)
    section = served.binders.add_section(binder, "Plans \x1b[31m", number="1")
    served.binders.add_document(binder, one, parent_id=section)

    drawn = vaultio("binders", "tree", binder).stdout.splitlines()
    rows = json.loads(vaultio("binders", "tree", binder, "-o", "json").stdout)

    assert drawn == [f"File ({binder}) 0.1", r"└── 1 Plans \x1b[31m", f"    └── Plan ({one})"]
    assert [(row["level"], row["document_id__v"]) for row in rows] == [(1, None), (2, one)]


@pytest.mark.parametrize(
    ("outcome", "words", "code"),
    [("SUCCESS", (), 0), ("FAILURE", (), 3), (None, ("--timeout", "1"), 4)],
)
def test_waiting_for_a_job(
    vaultio: Command, served: Sandbox, outcome: str | None, words: tuple[str, ...], code: int
) -> None:
    """The exit code says how it ended, or that it goes on."""
    served.jobs.outcome = outcome or "SUCCESS"
    job = served.jobs.start()
    if outcome:
        served.jobs.finish_all()

    done = vaultio("jobs", "wait", job.id, "-o", "json", *words)

    assert done.exit_code == code, done.stderr
    assert f"job {job.id}" in done.stderr
    assert (json.loads(done.stdout)[0]["status"] if done.stdout else None) == outcome
