"""Who may import whom in vaultio, and how long files, functions and tests may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent

# From the ground up: a part may import what stands before it, and nothing else of vaultio.
LAYERS = (
    {"display", "errors", "lazy", "wording"},
    {"config", "credentials", "references"},
    {"logs", "tokens"},
    {"profiles"},
    {"models"},
    {"tables"},
    {"protocol"},
    {"limiter"},
    {"transport"},
    {"downloads"},
    {"endpoints"},
    {"client"},
    {""},  # vaultio/__init__.py: the public names
    {"diagnosis"},
    {"migration"},
    {"integrations"},
    {"cli"},
    {"__main__"},
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
APART = {"sandbox": {"cli"}}  # imports nothing of vaultio; imported by these only

ONLY_IN: dict[str, set[str]] = {
    "": set(),  # relative imports: nowhere
    "aiofiles": {"downloads", "transport"},
    "dask": {"integrations"},
    "distributed": {"integrations"},
    "fastapi": {"integrations"},
    "h11": {"transport"},
    "httpcore": {"transport"},
    "httpx": {"client", "sandbox", "transport"},
    "pyarrow": {"integrations", "tables", "transport"},
    "rich": {"cli"},
    "starlette": {"integrations", "sandbox"},
    "typer": {"cli"},
    "uvicorn": {"sandbox"},
}
PLAIN = {"models", "protocol"}  # no await: they know neither a clock nor a wire
AWAITING = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)

MAX_FILE, MAX_FUNCTION, MAX_TEST = 300, 40, 15
TABLES = {"tests/operations.py"}  # one table of one line's thoughts: nobody reads it through


def part_of(module: str) -> str:
    """Name the part of vaultio a module is in: ``vaultio.limiter.bucket`` -> ``limiter``."""
    return module.partition(".")[2].partition(".")[0]


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the full names of all that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            # `from vaultio import limiter` names a part, not something in the root.
            yield from (f"{base}.{name.name}" if base == "vaultio" else base for name in node.names)


def wrong_imports(module: str, text: str) -> list[str]:
    """List what *module*, whose source is *text*, imports or awaits though it must not."""
    tree, own = ast.parse(text), part_of(module)
    wrong = [
        f"{module} imports {name}"
        for name in sorted(set(imports(tree)))
        if not _may_import(own, name)
    ]
    if own in PLAIN and any(_awaits(node) for node in ast.walk(tree)):
        wrong.append(f"{module} awaits")
    return wrong


def _may_import(own: str, name: str) -> bool:
    library = name.partition(".")[0]
    if library != "vaultio":
        return own in ONLY_IN.get(library, {own})
    part = part_of(name)
    part = part if part in RANK or part in APART else ""  # a public name of the root
    if part == own:
        return True
    if part in APART:
        return own in APART[part]
    return own not in APART and RANK[part] < RANK.get(own, -1)


def _awaits(node: ast.AST) -> bool:
    return isinstance(node, AWAITING) or (isinstance(node, ast.comprehension) and node.is_async > 0)


def aiofiles_homes(part: str) -> list[str]:
    """List the modules of *part* that import aiofiles."""
    return [
        name
        for name, file in modules().items()
        if part_of(name) == part and "aiofiles" in imports(ast.parse(file.read_text("utf-8")))
    ]


def too_long(path: str, text: str) -> list[str]:
    """List what is longer than it may be: the file, its functions, its tests.

    A test is measured without its first line and docstring.
    """
    lines = len(text.splitlines())
    wrong = [f"{path}: {lines} lines"] if lines > MAX_FILE and path not in TABLES else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            test = node.name.startswith("test_")
            first = node.body[min(1, len(node.body) - 1)] if test else node
            lines = (node.end_lineno or 0) - first.lineno + 1
            if lines > (MAX_TEST if test else MAX_FUNCTION):
                wrong.append(f"{path}:{node.lineno} {node.name}: {lines} lines")
    return wrong


@cache
def modules() -> Mapping[str, Path]:
    """Map the names of all modules of vaultio to their files."""
    files = sorted((ROOT / "vaultio").rglob("*.py"))
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)
    return dict(zip((name.removesuffix(".__init__") for name in names), files, strict=True))
