"""``vaultio import`` and ``vaultio copy``: from a folder, from a CSV, from another vault."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from tests.cli.conftest import Command, process
from tests.cli.test_signals import until
from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio.migration import MANIFEST_NAME
from vaultio.sandbox import Sandbox


def names(sandbox: Sandbox) -> list[str]:
    """Name the documents of a vault."""
    return sorted(str(one.latest.fields["name__v"]) for one in sandbox.documents)


@pytest.fixture
def full(served: Sandbox) -> Sandbox:
    """A vault with three documents, one with a rendition."""
    ids = [served.documents.add(f"Plan {number}", b"12345" * 100) for number in range(3)]
    served.documents.add_rendition(ids[0])
    return served


@pytest.fixture
def empty(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Sandbox, str]]:
    """Another vault, with nothing in it, and its address."""
    sandbox = Sandbox()
    sandbox.users[USER].password = PASSWORD
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as url,
    ):
        yield sandbox, url


@pytest.fixture
def both(
    full: Sandbox, empty: tuple[Sandbox, str], monkeypatch: pytest.MonkeyPatch
) -> tuple[Sandbox, Sandbox]:
    """Both vaults, and an environment that names them for a copy, and no other way."""
    sandbox, url = empty
    for side, address in (("SOURCE", os.environ["VAULTIO_URL"]), ("TARGET", url)):
        monkeypatch.setenv(f"VAULTIO_{side}_URL", address)
        monkeypatch.setenv(f"VAULTIO_{side}_USER", USER)
        monkeypatch.setenv(f"VAULTIO_{side}_PASSWORD", PASSWORD)
    for name in ("URL", "USER", "PASSWORD"):
        monkeypatch.delenv(f"VAULTIO_{name}")
    return full, sandbox


@pytest.fixture
def exported(vaultio: Command, full: Sandbox, tmp_path: Path) -> Path:
    """The folder of an export."""
    folder = tmp_path / "exported"
    assert vaultio("export", "--to", folder, "--include", "source,renditions").exit_code == 0
    return folder


def test_an_export_is_imported(
    vaultio: Command, full: Sandbox, empty: tuple[Sandbox, str], exported: Path
) -> None:
    """All that was exported is there, once, however often it is imported."""
    target, url = empty
    for _ in range(2):
        result = vaultio("import", exported, "--url", url)
        assert result.exit_code == 0, result.stderr

    assert names(target) == names(full)
    assert "Manifest:" in result.stdout


def test_a_csv_is_imported(
    vaultio: Command, empty: tuple[Sandbox, str], served: Sandbox, tmp_path: Path
) -> None:
    """A row a document; one whose file is missing fails, and the others are made: code 3."""
    target, url = empty
    (tmp_path / "a.docx").write_bytes(b"a")
    listed = tmp_path / "documents.csv"
    head = "external_id__v,name__v,type__v,lifecycle__v,file\n"
    rows = [f"{name},{name},SOP,General Lifecycle,{name}.docx\n" for name in "ab"]
    listed.write_text(head + "".join(rows))

    result = vaultio("import", listed, "--url", url)

    assert result.exit_code == 3, result.stdout + result.stderr
    assert names(target) == ["a"]
    assert "there is no file 'b.docx'" in result.stderr


def test_what_an_import_would_take(
    vaultio: Command, full: Sandbox, empty: tuple[Sandbox, str], exported: Path
) -> None:
    """A dry run counts calls, makes none, and writes nothing; and the import then takes as many."""
    target, url = empty
    planned = vaultio("import", exported, "--url", url, "--dry-run")
    assert planned.exit_code == 0, planned.stderr
    assert "nothing was written" in planned.stdout
    assert (names(target), target.quota.calls) == ([], 0)
    assert not list(exported.glob("import-*"))

    result = vaultio("import", exported, "--url", url)

    [calls] = [row.split()[1] for row in planned.stdout.splitlines() if "target" in row]
    assert f" {calls} API calls" in result.stdout


def test_a_copy(vaultio: Command, both: tuple[Sandbox, Sandbox], tmp_path: Path) -> None:
    """All of one vault is in the other, once; no file stays in the spool."""
    source, target = both
    words = ["--spool", tmp_path / "spool", "--include", "source,renditions"]
    for _ in range(2):
        result = vaultio("copy", *words)
        assert result.exit_code == 0, result.stdout + result.stderr

    assert names(target) == names(source)
    left = [path.name for path in (tmp_path / "spool").rglob("*") if path.is_file()]
    assert [name for name in left if not name.startswith((MANIFEST_NAME, "vaultio-report"))] == []


def test_what_a_copy_would_take(
    vaultio: Command, both: tuple[Sandbox, Sandbox], tmp_path: Path
) -> None:
    """A dry run says calls and time for both sides, and writes to neither vault nor disk."""
    result = vaultio("copy", "--spool", tmp_path / "spool", "--dry-run", "--renditions", "x__c")

    assert result.exit_code == 0, result.stderr
    assert "source" in result.stdout
    assert "target" in result.stdout
    assert names(both[1]) == []
    assert not (tmp_path / "spool").exists()


def test_a_copy_by_workers_that_count_by_themselves(
    vaultio: Command, both: tuple[Sandbox, Sandbox], tmp_path: Path
) -> None:
    """A cluster without a store for the quotas is refused before anything is called."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")

    result = vaultio("copy", "--spool", tmp_path, "--cluster", "tcp://127.0.0.1:1")

    assert result.exit_code == 2
    assert "each would count by itself" in result.stderr
    assert (both[0].quota.calls, both[1].quota.calls) == (0, 0)


@pytest.mark.parametrize("name", ["SOURCE_URL", "TARGET_URL", "SOURCE_USER", "TARGET_PASSWORD"])
def test_which_vault_has_to_be_said(
    vaultio: Command,
    both: tuple[Sandbox, Sandbox],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """What is missing is named; the settings of other commands do not fill the gap."""
    monkeypatch.delenv(f"VAULTIO_{name}")
    for other in ("URL", "USER", "PASSWORD"):
        monkeypatch.setenv(f"VAULTIO_{other}", "http://127.0.0.1:9")

    result = vaultio("copy", "--spool", tmp_path / "spool")

    assert result.exit_code == 2
    assert f"VAULTIO_{name}" in result.stderr
    assert names(both[1]) == []


def test_passwords_from_standard_input(
    vaultio: Command,
    both: tuple[Sandbox, Sandbox],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The source's comes first, then the target's."""
    for side in ("SOURCE", "TARGET"):
        monkeypatch.delenv(f"VAULTIO_{side}_PASSWORD")
    both[0].users[USER].password = f"{PASSWORD}-of-the-source"
    stdin = f"{PASSWORD}-of-the-source\n{PASSWORD}\n"

    result = vaultio("copy", "--spool", tmp_path / "spool", "--passwords-stdin", stdin=stdin)

    assert result.exit_code == 0, result.stderr
    assert names(both[1]) == names(both[0])


def test_a_vault_is_not_copied_into_itself(
    vaultio: Command, served: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One slip in the environment would double every document."""
    for side in ("SOURCE", "TARGET"):
        for name in ("URL", "USER", "PASSWORD"):
            monkeypatch.setenv(f"VAULTIO_{side}_{name}", os.environ[f"VAULTIO_{name}"])

    result = vaultio("copy", "--spool", tmp_path / "spool")

    assert (result.exit_code, served.sessions.logins) == (2, 0)
    assert "source and target are both" in result.stderr


@pytest.mark.parametrize("content", ["1,2,3\n", "1,x\n", "1\n", None])
def test_maps_that_cannot_be_read(
    vaultio: Command, served: Sandbox, tmp_path: Path, content: str | None
) -> None:
    """A list of users that is none is exit code 2, before anything is sent."""
    path = tmp_path / "users.csv"
    if content is not None:
        path.write_text("source,target\n" + content)

    result = vaultio("import", tmp_path, "--users", path)

    assert (result.exit_code, served.sessions.logins) == (2, 0)
    assert "--users" in result.stderr


def test_an_import_is_stopped_gently(
    full: Sandbox, empty: tuple[Sandbox, str], exported: Path, vaultio: Command
) -> None:
    """SIGTERM in the middle: 130, a true manifest; the next run makes the rest, and none twice."""
    target, url = empty
    target.faults.delay(1.0, method="POST", path="/objects/documents", count=None)
    running = process("import", exported, "--url", url, "--concurrency", 1)
    until(lambda: len(target.documents) == 1)
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    target.faults.clear()

    result = vaultio("import", exported, "--url", url)

    assert result.exit_code == 0, result.stderr
    assert names(target) == names(full)
