"""Tells Sphinx what names in docstrings mean, and what need not be shown."""

from __future__ import annotations

import builtins
import inspect
import re
from functools import cache
from importlib.util import find_spec
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import GoogleDocstring
from sphinx.util.nodes import make_refnode

from tests.layers import ROOT
from tests.site.operations import home

_WORD = re.compile(r"\w+")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect what is below."""
    app.connect("doctree-read", leave_foreign_names)
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-docstring", read_arguments)
    app.connect("autodoc-skip-member", leave_foreign_members)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def leave_foreign_names(_app: Sphinx, document: nodes.document) -> None:
    """Take Python's and other libraries' names for what they are: there is nothing to link to."""
    for node in list(document.findall(pending_xref)):
        name = node.get("reftarget", "")
        if node.get("refdomain") == "py" and (hasattr(builtins, name) or _is_foreign(name)):
            node.replace_self(node.children)


@cache
def _is_foreign(name: str) -> bool:
    library = name.partition(".")[0]
    return "." in name and library != "vaultio" and find_spec(library) is not None


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Element
) -> nodes.Node | None:
    """Link a short name to the thing that is called so, where it is described.

    What is in vaultio but on no page, such as a parameter or a value, stays a name. All others
    are an error.
    """
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].removesuffix("()")
    target = home(target) if re.fullmatch(r"vault(\.\w+){2,}", target) else target
    objects = env.domains.python_domain.objects
    fits = [name for name in objects if name == target or name.endswith(f".{target}")]
    if fits:
        found = objects[min(fits, key=lambda name: (name.count("."), name))]
        source = node.get("refdoc", env.docname)
        return make_refnode(app.builder, source, found.docname, found.node_id, shown, target)
    return shown if set(_WORD.findall(target)) <= words() else None


@cache
def words() -> frozenset[str]:
    """All words that stand in vaultio and its examples: another name is a mistake."""
    files = [*(ROOT / "vaultio").rglob("*.py"), *(ROOT / "examples").glob("*.py")]
    return frozenset(word for file in files for word in _WORD.findall(file.read_text("utf-8")))


def leave_foreign_members(
    _app: Sphinx, _what: str, _name: str, thing: Any, _skip: bool, _options: Any
) -> bool | None:
    """Leave out methods that other libraries' classes brought."""
    if inspect.isroutine(thing) and not str(getattr(thing, "__module__", "")).startswith("vaultio"):
        return True
    return None  # as autodoc thinks


def read_arguments(
    app: Sphinx, what: Any, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """Read ``Args:``, and nothing else: what stands before a colon elsewhere is no type."""
    if "Args:" in lines:
        settings: Any = Config()  # of its own: the extension would read all docstrings
        read = GoogleDocstring(lines, settings, app, what, name, thing, options)
        lines[:] = read.lines()


def signature(
    _app: Sphinx, what: str, _name: str, thing: Any, _options: Any, _given: str, _returned: str
) -> tuple[str, None] | None:
    """Leave out how values are made that only vaultio makes: their attributes say the same."""
    if what == "class" and inspect.isclass(thing):
        made_in = thing.__module__
        if made_in.startswith(("vaultio.models.", "vaultio.endpoints.")):
            return "", None
    return None
