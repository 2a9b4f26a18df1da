"""``vaultio bulk``: rows of a CSV, each done once, whatever happens on the way."""

from __future__ import annotations

import csv
import signal
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Command, process
from vaultio.sandbox import Fault, Sandbox

HEADER = "name__v,type__v,lifecycle__v\n"
ROW = "Plan {},SOP,General Lifecycle\n"


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A CSV of three documents to create; the second lacks its type."""
    file = tmp_path / "plans.csv"
    file.write_text(HEADER + ROW.format(1) + "Plan 2,,General Lifecycle\n" + ROW.format(3))
    return file


def results(source: Path) -> list[dict[str, str]]:
    """Read what became of each row."""
    with source.with_name(f"{source.stem}.results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def until_sent(source: Path) -> Path:
    """Wait until a command is about to send rows; return its journal."""
    journal = source.with_name(f".vaultio-{source.stem}.results.csv.journal")
    end = time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_size) and time.monotonic() < end:
        time.sleep(0.02)
    return journal


def names(sandbox: Sandbox) -> list[str]:
    """Name the documents of a vault, as often as they are there."""
    return sorted(str(one.latest.fields["name__v"]) for one in sandbox.documents)


def test_only_what_failed_is_tried_again(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """A row that failed is mended in the file, and the same command makes it alone."""
    first = vaultio("bulk", "create", "documents", "--csv", plans)
    told = results(plans)
    plans.write_text(plans.read_text().replace("Plan 2,,", "Plan 2,SOP,"))
    second = vaultio("bulk", "create", "documents", "--csv", plans)

    assert (first.exit_code, [one["state"] for one in told]) == (3, ["done", "failed", "done"])
    assert (told[1]["row"], told[1]["error_type"]) == ("2", "PARAMETER_REQUIRED")
    assert (second.exit_code, names(served)) == (0, ["Plan 1", "Plan 2", "Plan 3"])
    assert second.stdout == f"{plans.with_name('plans.results.csv')}\n"
    assert [int(one["id"]) for one in results(plans) if one["state"] == "done"] == [1, 2, 3]


def test_a_dry_run_writes_nothing(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """Neither into the vault nor onto the disk; calls and rows are said."""
    done = vaultio("bulk", "create", "documents", "--csv", plans, "--dry-run")

    assert done.stdout.splitlines() == [
        "would send POST /api/v11.0/objects/documents/batch: 1 call with 3 rows",
        "nothing was written",
    ]
    assert (done.exit_code, names(served), list(plans.parent.iterdir())) == (0, [], [plans])


def test_a_lost_answer(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """What nobody knows of is not made a second time, unless somebody has looked."""
    served.faults.add(Fault(kind="lost_answer", method="POST", path="*/batch"))

    first = vaultio("bulk", "create", "documents", "--csv", plans)
    again = vaultio("bulk", "create", "documents", "--csv", plans)
    made = names(served)
    looked = vaultio("bulk", "create", "documents", "--csv", plans, "--retry-unknown")

    assert (first.exit_code, again.exit_code, made) == (1, 3, ["Plan 1", "Plan 3"])
    assert {one["state"] for one in results(plans)} == {"done", "failed"}
    assert (looked.exit_code, len(names(served))) == (3, 4)


def test_a_kill(served: Sandbox, vaultio: Command, plans: Path) -> None:
    """What a killed command had sent is told by the next, and not sent again."""
    served.faults.add(Fault(kind="delay", method="POST", path="*/batch", seconds=30))
    running = process("bulk", "create", "documents", "--csv", plans)
    journal = until_sent(plans)
    running.send_signal(signal.SIGKILL)
    running.communicate()

    again = vaultio("bulk", "create", "documents", "--csv", plans)
    assert (again.exit_code, [one["state"] for one in results(plans)]) == (3, ["unknown"] * 3)
    assert (names(served), journal.exists()) == ([], False)


def test_a_done_row_that_was_changed(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """It would be made twice: the command says so, and makes nothing."""
    vaultio("bulk", "create", "documents", "--csv", plans)
    before = names(served)
    plans.write_text(plans.read_text().replace("Plan 1", "Plan One"))

    done = vaultio("bulk", "create", "documents", "--csv", plans)

    assert (done.exit_code, names(served)) == (2, before)
    assert "would be made twice" in done.stderr


def test_rows_that_are_the_same(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """Each is a row of its own; a second run makes none of them."""
    plans.write_text(HEADER + ROW.format(1) * 3)

    codes = [vaultio("bulk", "create", "documents", "--csv", plans).exit_code for _ in range(2)]

    assert (codes, names(served)) == ([0, 0], ["Plan 1"] * 3)


def test_more_rows_than_a_call_takes(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """Five hundred go in a call."""
    plans.write_text(HEADER + "".join(map(ROW.format, range(1_001))))

    done = vaultio("bulk", "create", "documents", "--csv", plans)

    assert (done.exit_code, len(names(served)), len(results(plans))) == (0, 1_001, 1_001)
    assert served.quota.calls == 3 + 1  # and the end of the session


def test_updates_and_deletes(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """By id; deletes ask, or are told that it is meant."""
    ids = [served.documents.add(f"Plan {number}") for number in range(2)]
    plans.write_text(f"id,title__v\n{ids[0]},=1+1\n999,x\n")

    updated = vaultio("bulk", "update", "documents", "--csv", plans)
    assert (updated.exit_code, served.documents[ids[0]].latest.fields["title__v"]) == (3, "=1+1")
    plans.write_text(f"id\n{ids[0]}\n")
    words = ("bulk", "delete", "documents", "--csv", plans, "--results", plans.with_name("d.csv"))
    assert (vaultio(*words).exit_code, len(names(served))) == (2, 2)
    assert (vaultio(*words, "--yes").exit_code, names(served)) == (0, ["Plan 1"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name__v\n"a\r"\n', "row 1"),
        ("name__v,type__v\na\n", "row 1 has 1 cells"),
        ("a,a\n1,2\n", "column twice"),
        (None, "there is no CSV"),
    ],
)
def test_a_csv_that_cannot_be_sent(
    vaultio: Command, served: Sandbox, plans: Path, text: str | None, said: str
) -> None:
    """Nothing is sent, and the file and the row are named."""
    plans.unlink()
    if text is not None:
        plans.write_bytes(text.encode())

    done = vaultio("bulk", "create", "documents", "--csv", plans)

    assert (done.exit_code, served.quota.calls) == (2, 0)
    assert said in done.stderr
    assert plans.name in done.stderr


def test_results_that_are_none(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """A file of somebody's own is not written over."""
    mine = plans.with_name("plans.results.csv")
    mine.write_text("mine\n1\n")

    done = vaultio("bulk", "create", "documents", "--csv", plans)

    assert (done.exit_code, mine.read_text(), names(served)) == (2, "mine\n1\n", [])


def test_objects(vaultio: Command, served: Sandbox, plans: Path) -> None:
    """Records of an object go the same way."""
    served.records.add_object("site__v")
    plans.write_text("name__v\nGraz\nLyon\n")

    done = vaultio("bulk", "create", "site__v", "--csv", plans)

    assert (done.exit_code, len(served.records["site__v"].records)) == (0, 2), done.stderr


def test_ctrl_c(served: Sandbox, plans: Path) -> None:
    """The first lets the call under way end, and begins no other; what is done is noted."""
    plans.write_text(HEADER + "".join(map(ROW.format, range(1_001))))
    served.faults.add(Fault(kind="delay", method="POST", path="*/batch", seconds=2, count=None))
    running = process("bulk", "create", "documents", "--csv", plans, "--concurrency", 1)
    until_sent(plans)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    assert (running.returncode, len(names(served)), len(results(plans))) == (130, 500, 500), err
    assert (out.strip().endswith("plans.results.csv"), "501 not tried" in err) == (True, True)
