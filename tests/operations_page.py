"""The README's list of all operations, made from the catalogue and `operations.py`.

``python -m tests.operations_page`` writes it anew.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- operations: begin -->", "<!-- operations: end -->"


def page() -> str:
    """Make the list: a table a chapter, a line an operation, in the reference's order."""
    catalogue = json.loads((ROOT / "tests" / "catalogue.json").read_text("utf-8"))
    calls, chapter, lines = spoken(), "", list[str]()
    for operation in catalogue:
        if operation["section"] != chapter:
            chapter = operation["section"]
            lines += ["", f"**{chapter}**", "", "| Operation | Coroutine | Wire |", "|---|---|---|"]
        call = calls.get(operation["id"])
        coroutine = f"`{call}`" if call else "not there yet"
        wire = f"`{operation['method']} {operation['path']}`"
        lines.append(f"| {operation['id']} | {coroutine} | {wire} |")
    return "\n".join(lines).strip()


def spoken() -> dict[str, str]:
    """Say for each operation what a user writes: ``vault.documents.version(…).retrieve``."""
    module = ast.parse((ROOT / "tests" / "operations.py").read_text("utf-8"))
    functions = {
        node.name: node
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    entries = next(
        node.value
        for node in module.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
    )
    return {
        ast.literal_eval(key): _said(value, functions)
        for key, value in zip(entries.keys, entries.values, strict=True)
        if key is not None
    }


def _said(value: ast.expr, functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]) -> str:
    """Find the longest call on ``vault`` in an entry, or in the function that it names."""
    names = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
    looked_at = [value, *(functions[name] for name in names if name in functions)]
    found = [
        _chain(node)
        for root in looked_at
        for node in ast.walk(root)
        if isinstance(node, ast.Call) and _chain(node).startswith("vault.")
    ]
    return max(found, key=len).removesuffix("(…)").removesuffix("()") if found else "?"


def _chain(node: ast.AST) -> str:
    """Write a chain of attributes and calls without the arguments."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_chain(value)}.{attr}"
        case ast.Call(func=func, args=args, keywords=keywords):
            return f"{_chain(func)}({'…' if args or keywords else ''})"
    return ""


def write() -> None:
    """Put the list between its marks in the README."""
    text = README.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    README.write_text(f"{before}{BEGIN}\n{page()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    write()
