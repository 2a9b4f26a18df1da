"""``vaultio query``: rows on stdout, and nothing else."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.conftest import Command, process
from vaultio.sandbox import Sandbox

VQL = "SELECT id, name__v, size__v FROM documents"


@pytest.fixture(autouse=True)
def documents(served: Sandbox) -> None:
    """Five documents in pages of two; the first name is hard."""
    served.settings.query_page_documents = 2
    served.documents.add('Ü "1"\n\x9b31m\x1b[2J, [red]:smile:', b"12345")
    for number in range(2, 6):
        served.documents.add(f"Plan {number}", b"12345")


def test_json_lines(vaultio: Command) -> None:
    """Each row is an object on its own line, and holds no control character as it is."""
    result = vaultio("query", VQL, "--output", "jsonl")

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["name__v"] == 'Ü "1"\n\x9b31m\x1b[2J, [red]:smile:'
    assert "Ü" in result.stdout
    assert not {"\x9b", "\x1b"} & set(result.stdout)


def test_csv(vaultio: Command) -> None:
    """Programs get the values as they are, under a header."""
    result = vaultio("query", VQL, "--output", "csv")

    header, first, *_, last = csv.reader(io.StringIO(result.stdout))
    assert header == ["id", "name__v", "size__v"]
    assert first == ["1", 'Ü "1"\n\x9b31m\x1b[2J, [red]:smile:', "5"]
    assert last == ["5", "Plan 5", "5"]


def test_a_table(vaultio: Command) -> None:
    """People get one table, with what plays tricks on terminals shown as escapes."""
    result = vaultio("query", VQL)

    lines = result.stdout.splitlines()
    assert len(lines) == 2 + 5
    assert lines[0].split() == ["id", "name__v", "size__v"]
    assert r'Ü "1"\n\x9b31m\x1b[2J, [red]:smile:' in lines[2]
    assert result.stderr == "5 rows\n"


def test_a_limit_saves_calls(vaultio: Command, served: Sandbox) -> None:
    """No page is asked for beyond the rows that are wanted."""
    result = vaultio("query", VQL, "--limit-rows", 2, "-o", "jsonl", "-q")

    assert (result.stdout.count("\n"), result.stderr) == (2, "")
    assert served.quota.calls == 2  # with the end of the session


def test_no_rows(vaultio: Command) -> None:
    """Nothing found is nothing on stdout, and no error."""
    result = vaultio("query", f"{VQL} WHERE id = 4711")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 rows\n")


def test_a_closed_pipe_ends_quietly(served: Sandbox) -> None:
    """When nobody reads on, as after ``| head``, nothing is said about it."""
    for number in range(2000):
        served.documents.add(f"Plan {number} {'x' * 100}")
    served.settings.query_page_documents = 500

    running = process("query", VQL, "-o", "jsonl", "-q")
    assert running.stdout is not None
    assert running.stdout.readline().startswith('{"id": 1,')
    running.stdout.close()
    assert running.stderr is not None
    with running.stderr as stderr:
        assert (stderr.read(), running.wait(20)) == ("", 0)


def test_a_wrong_query(vaultio: Command) -> None:
    """Vault's word about a query is one line, and what to do another."""
    result = vaultio("query", "SELEC id")

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 2)
    assert "check the VQL" in result.stderr
