"""``vaultio doctor``: a line for each step, with what to do, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command, process
from vaultio.sandbox import Sandbox

NAMES = ["settings", "versions", "disk", "store", "dns", "tcp", "tls", "clock"]


def test_all_is_well(served: Sandbox) -> None:
    """A line each, and exit code 0."""
    running = process("doctor")
    out, err = running.communicate(timeout=60)

    states = [line.split()[:2] for line in out.splitlines()]
    assert (running.returncode, err) == (0, "")
    assert [name for _, name in states] == [*NAMES, "login", "api", "quota"]
    assert {state for state, _ in states} == {"ok", "skip"}


def test_json(vaultio: Command, served: Sandbox, tmp_path: Path) -> None:
    """Programs get a list; what failed is exit code 3, and the rest was looked at."""
    store = f"sqlite:///{tmp_path}"

    done = vaultio("doctor", "--output", "json", "--store", store)

    checks = {one["name"]: one for one in json.loads(done.stdout)}
    assert (done.exit_code, checks["store"]["state"], checks["quota"]["state"]) == (3, "fail", "ok")
    assert checks["store"]["advice"]


@pytest.mark.parametrize("missing", ["URL", "USER", "PASSWORD"])
def test_what_is_not_set(
    vaultio: Command, served: Sandbox, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """It is the first line, with what to do; the others follow."""
    monkeypatch.delenv(f"VAULTIO_{missing}")

    done = vaultio("doctor")

    first, advice, *rest = done.stdout.splitlines()
    assert (done.exit_code, first.split()[:2]) == (3, ["fail", "settings"])
    assert f"VAULTIO_{missing}" in advice
    assert sum(line.startswith("ok") for line in rest) >= 2
