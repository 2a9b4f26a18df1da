"""Every program in examples/ runs against a sandbox, as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from tests.conftest import USER
from tests.layers import ROOT
from tests.leaks import PASSWORD
from vaultio.sandbox import Sandbox

EXAMPLES = sorted((ROOT / "examples").glob("[!_]*.py"))


@pytest.fixture
def two_vaults(served: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Beside the vault with the demo documents an empty one, for what goes from one to another."""
    sandbox = Sandbox()
    sandbox.users[USER].password = PASSWORD
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as target,
    ):
        for side, url in (("SOURCE", served), ("TARGET", target)):
            monkeypatch.setenv(f"VAULTIO_{side}_URL", url)
            monkeypatch.setenv(f"VAULTIO_{side}_USER", USER)
            monkeypatch.setenv(f"VAULTIO_{side}_PASSWORD", PASSWORD)
        yield


@pytest.mark.usefixtures("two_vaults")
@pytest.mark.parametrize("example", [path.name for path in EXAMPLES])
def test_example(example: str, tmp_path: Path) -> None:
    """The example ends well, in a folder where it finds nothing but its own files."""
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / example)]
    # From a checkout too, where vaultio may not be installed.
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout, done.stderr)  # for the guard against leaked secrets to look at
