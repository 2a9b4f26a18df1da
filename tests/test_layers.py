"""The shape of the project: imports go down only, and nothing is too long."""

from __future__ import annotations

import pytest

from tests.layers import ROOT, aiofiles_homes, modules, too_long, wrong_imports


def test_imports_go_down_only() -> None:
    """No module imports from a part above its own, or a library that is not its business."""
    wrong = [
        line
        for name, file in modules().items()
        for line in wrong_imports(name, file.read_text("utf-8"))
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", ["downloads", "transport"])
def test_aiofiles_has_one_home_a_part(part: str) -> None:
    """Files are read and written without blocking in one module of a part, not all over it."""
    assert len(aiofiles_homes(part)) <= 1, aiofiles_homes(part)


def test_nothing_is_too_long() -> None:
    """Files, functions and tests fit on the screens of those who read them."""
    files = [ROOT / "noxfile.py"]
    for folder in ("vaultio", "tests", "examples", "benchmarks"):
        files += sorted((ROOT / folder).rglob("*.py"))

    wrong = [
        line
        for file in files
        for line in too_long(str(file.relative_to(ROOT)), file.read_text("utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        ("vaultio.protocol.path", "from vaultio.limiter import Limiter", "imports vaultio.limiter"),
        ("vaultio.models", "def f():\n  import vaultio.cli.app", "imports vaultio.cli.app"),
        ("vaultio.endpoints.parts.x", "from vaultio import Vault", "imports vaultio.Vault"),
        ("vaultio.client", "from vaultio import migration", "imports vaultio.migration"),
        ("vaultio.sandbox.core", "import vaultio.errors", "imports vaultio.errors"),
        (
            "vaultio.transport.wire",
            "from vaultio.sandbox import Sandbox",
            "imports vaultio.sandbox",
        ),
        ("vaultio.endpoints.jobs", "from httpx import Response", "imports httpx"),
        ("vaultio.limiter.stores", "from ..transport import caller", "imports ..transport"),
        ("vaultio.newcomer", "import vaultio.errors", "imports vaultio.errors"),
        ("vaultio.models.jobs", "async def f(): ...", "awaits"),
        ("vaultio.protocol.forms", "x = lambda a: (i async for i in a)", "awaits"),
    ],
)
def test_a_wrong_import_is_found(module: str, text: str, said: str) -> None:
    """The check above can fail."""
    assert wrong_imports(module, text) == [f"{module} {said}"]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("vaultio.cli.demo", "from vaultio.sandbox import Sandbox\nimport rich.table, vaultio"),
        ("vaultio", "from vaultio.client import Vault\nfrom vaultio import errors"),
        ("vaultio.downloads.sink", "import aiofiles.os\nfrom vaultio.transport import caller"),
        ("vaultio.migration.copy", "from vaultio import Vault, config\nasync def f(): ..."),
    ],
)
def test_a_right_import_passes(module: str, text: str) -> None:
    """The check above does not fail for what the layout allows."""
    assert wrong_imports(module, text) == []


def test_what_is_too_long_is_found() -> None:
    """The measure above can fail."""
    lines = "\n".join(["    x = 1"] * 40)
    text = f'def long():\n{lines}\n\n\ndef test_long():\n    """Say."""\n{lines}\n'
    text += "\n" * 300

    assert [line.partition(" ")[2] for line in too_long("x.py", text)] == [
        "385 lines",
        "long: 41 lines",
        "test_long: 40 lines",
    ]
