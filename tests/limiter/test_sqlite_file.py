"""What a file of quotas may be, and what is said if it is something else."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.layers import ROOT
from tests.limiter.files import Holder, books_in
from vaultio.errors import QuotaStoreError
from vaultio.limiter.stores.sqlite_usage import read_usages

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs another user and its limits")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file in which calls were booked, closed."""
    with closing(books_in(tmp_path)) as books:
        Holder(books).begin()
    return tmp_path / "quota.db"


def change(file: Path, statement: str) -> None:
    """Change a database."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(statement)


def refusal(file: Path) -> str:
    """Try to use a file by a new process and to look into it; return what is said to both."""
    said = []
    with closing(books_in(file.parent)) as books:
        with pytest.raises(QuotaStoreError) as caught:
            Holder(books, "b").ask(bulk=1)
        said.append(str(caught.value))
    with pytest.raises(QuotaStoreError) as caught:
        read_usages(file)
    assert str(file) in said[0]
    assert str(file) in str(caught.value)
    return said[0]


def test_no_database(file: Path) -> None:
    """It is left as it is."""
    file.write_bytes(b"Dear diary, " * 1_000)

    assert "name another one" in refusal(file)
    assert file.read_bytes() == b"Dear diary, " * 1_000


def test_a_database_of_something_else(file: Path) -> None:
    """It is left as it is."""
    file.unlink()
    change(file, "CREATE TABLE diary (text)")
    before = file.read_bytes()

    assert "something else" in refusal(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_damaged_file(file: Path, page: int) -> None:
    """Its books are not begun anew, which would be a second quota."""
    damaged = bytearray(file.read_bytes())
    damaged[page * 4_096 : page * 4_096 + 512] = b"\xff" * 512
    file.write_bytes(damaged)
    with closing(books_in(file.parent)) as books:
        with pytest.raises(QuotaStoreError, match="it is damaged"):
            Holder(books, "b").ask(bulk=1)

    assert file.read_bytes() == damaged


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE books SET state = '{}'",
        "UPDATE books SET state = 'x'",
        "UPDATE books SET state = '[{\"quotas\": 1}, {}]'",
        "UPDATE books SET clock = '[]'",
        "UPDATE books SET rules = '{\"burst\": 7}'",
    ],
)
def test_books_that_make_no_sense(file: Path, statement: str) -> None:
    """Neither are these."""
    change(file, statement)

    assert "it is damaged" in refusal(file)


def test_books_that_were_taken_out(file: Path) -> None:
    """Tokens without books are what is left of others' calls."""
    change(file, "DELETE FROM books")

    with closing(books_in(file.parent)) as books:
        with pytest.raises(QuotaStoreError, match="it is damaged"):
            Holder(books, "b").ask(bulk=1)


def begin(folder: Path, statement: str) -> None:
    """Begin the file of a folder as another process does, where that would be the worst."""
    if "sqlite_master" not in statement:
        return
    with closing(books_in(folder)) as books, suppress(QuotaStoreError):
        Holder(books, "b").ask()


def test_two_that_begin_a_file_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks while another makes the tables does not take them for something else's."""
    connect = sqlite3.connect
    monkeypatch.setattr("vaultio.limiter.stores.sqlite_file.BUSY_S", 0.05)

    def disturbed(*arguments: Any, **options: Any) -> sqlite3.Connection:
        monkeypatch.setattr(sqlite3, "connect", connect)
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(partial(begin, tmp_path))
        return connection

    monkeypatch.setattr(sqlite3, "connect", disturbed)
    with closing(books_in(tmp_path)) as books:
        assert Holder(books).ask(bulk=1).is_probe


def test_a_newer_format(file: Path) -> None:
    """What it means is not guessed."""
    change(file, "PRAGMA user_version = 9")

    assert "has format 9, this vaultio knows 1" in refusal(file)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It is not made: a wrong path would be a second quota."""
    assert "its folder must be there" in refusal(tmp_path / "nowhere" / "quota.db")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_taken_away(tmp_path: Path) -> None:
    """Who used it does not begin a new one, and goes on if it comes back."""
    with closing(books_in(tmp_path)) as books:
        holder, file = Holder(books).begin(), tmp_path / "quota.db"
        file.rename(tmp_path / "elsewhere")
        with pytest.raises(QuotaStoreError, match=r"quota\.db was taken away while it was in use"):
            books.usage()
        assert not file.exists()
        (tmp_path / "elsewhere").rename(file)

        assert holder.ask(bulk=1).bulk == 1


def test_a_file_that_is_replaced(file: Path) -> None:
    """The new one knows nothing of what was booked meanwhile."""
    copy = file.with_name("copy")
    shutil.copy(file, copy)
    with closing(books_in(file.parent)) as books:
        Holder(books, "b").ask(bulk=1)
        copy.replace(file)

        with pytest.raises(QuotaStoreError, match="replaced by another one"):
            books.usage()


def test_a_log_that_is_taken_away(file: Path) -> None:
    """It holds what was booked last; whoever comes now sees older books, and writes another log."""
    with closing(books_in(file.parent)) as books:
        Holder(books, "b").ask(bulk=1)
        file.with_name("quota.db-wal").unlink()

        with pytest.raises(QuotaStoreError, match=r"has lost its log \(-wal\) while it was in use"):
            books.usage()


def hindered(folder: Path, hindrance: str) -> str:
    """Let a process use the books of a folder that cannot write them; return what it is told."""
    command = [sys.executable, "-m", "tests.limiter.hindered", str(folder), hindrance]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@posix
@pytest.mark.parametrize("begun", [True, False])
def test_a_file_and_a_folder_that_cannot_be_written(begun: bool) -> None:
    """Neither a file that is there nor one that is to be made."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if begun:
            with closing(books_in(folder)) as books:
                Holder(books).begin()
            (folder / "quota.db").chmod(0o444)
        folder.chmod(0o555)

        assert "allowed to write the file" in hindered(folder, "nobody")
        folder.chmod(0o755)


@posix
@pytest.mark.parametrize("bytes_left", [0, 8_192, 100_000])
def test_a_disk_that_is_full(tmp_path: Path, bytes_left: int) -> None:
    """Wherever it becomes so; with room again all goes on from what was booked last."""
    said = hindered(tmp_path, str(bytes_left))

    assert str(tmp_path / "quota.db") in said
    with closing(books_in(tmp_path)) as books:
        assert Holder(books, "b").ask().number == 1
