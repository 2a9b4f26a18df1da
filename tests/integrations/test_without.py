"""Without its extra an integration says which one it wants."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "library", "extra"),
    [
        ("arrow", "pyarrow", "arrow"),
        ("dask", "distributed", "dask"),
        ("fastapi", "starlette", "fastapi"),
        ("telemetry", "opentelemetry", "otel"),
    ],
)
def test_a_missing_library(module: str, library: str, extra: str) -> None:
    """Whoever imports the module is told what to install."""
    program = f"import sys; sys.modules['{library}'] = None; import vaultio.integrations.{module}"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stderr.splitlines()[-1].endswith(f'pip install "vaultio[{extra}]"')
