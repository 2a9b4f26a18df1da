"""The changes that `tests.mutants` makes to a module, one at a time."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator

from attrs import frozen

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
_OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@frozen
class Mutant:
    """A *module* with one change, at *line* in *scope*, a function or class of it.

    *number* and *choice* say which change of which node it is. One that is *called* lies in the
    body of a function: what was imported before need not be imported again. The statement that is
    changed is on *lines*; *nth* counts the changes of a scope that look alike, from 1.
    """

    module: str
    line: int
    scope: str
    change: str
    nth: int
    number: int
    choice: int
    called: bool
    lines: range

    @property
    def name(self) -> str:
        """What it is called in lists; without its line, which moves."""
        return f"{self.scope}: {self.change}" + (f" ({self.nth})" if self.nth > 1 else "")

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.name}"

    def tree(self, source: str) -> ast.Module:
        """Make the change in the *source* of the module."""
        tree = ast.parse(source)
        node = list(_code(tree, _Place()))[self.number][0]
        _changes(node)[self.choice]()
        return ast.fix_missing_locations(tree)


@frozen
class _Place:
    """Where a node is: in which function or class, whether in the body of a function, its lines."""

    scope: str = ""
    called: bool = False
    lines: range = range(0)

    def within(self, node: ast.AST, field: str) -> _Place:
        """Say where the nodes in *field* of a node here are."""
        scope, lines = self.scope, self.lines
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            lines = range(node.lineno, _head(node) + 1)
        called = self.called
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = f"{scope}.{node.name}".lstrip(".")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            called = called or field == "body"
        return _Place(scope, called, lines)


def _head(node: ast.stmt | ast.ExceptHandler) -> int:
    """Say on which line a statement ends, without the statements in it."""
    body = getattr(node, "body", None)
    if body:
        return max(node.lineno, int(body[0].lineno) - 1)
    return node.end_lineno or node.lineno


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield each change that can be made to *module*, in the order of its text."""
    seen = Counter[tuple[str, str]]()
    for number, (original, place) in enumerate(_code(ast.parse(source), _Place())):
        for choice in range(len(_changes(original))):
            node = copy.deepcopy(original)
            before = _shown(node)
            _changes(node)[choice]()
            change = f"{before}  ->  {_shown(node)}"
            seen[place.scope, change] += 1
            yield Mutant(
                module=module,
                line=getattr(node, "lineno", place.lines.start),
                scope=place.scope,
                change=change,
                nth=seen[place.scope, change],
                number=number,
                choice=choice,
                called=place.called,
                lines=place.lines,
            )


def _code(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    """Walk what is run: no annotations, docstrings, decorators, imports or texts of messages."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases"}:
            continue
        inside = place.within(node, name)
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            if isinstance(child, ast.keyword) and child.arg == "init":
                continue  # of a field: whether others may set it, which nobody does
            if not isinstance(node, ast.Raise):
                # A statement is where it begins, and not in the head of the one around it.
                yield child, inside.within(child, "") if isinstance(child, ast.stmt) else inside
                yield from _code(child, inside)


def _changes(node: ast.AST) -> list[Change]:
    """List what can be done to one node; each of them changes it in place."""
    found: list[Change] = []
    if isinstance(node, ast.Compare):
        found += [_Swap(node, "ops", at) for at, op in enumerate(node.ops) if type(op) in _SWAPPED]
    elif isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        found += [_Swap(node, "op", None)] if type(node.op) in _SWAPPED else []
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        found.append(_Constant(node))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        found += [_Rename(node.func)] if node.func.id in _OTHER_NAMES else []
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not _swaps(node.test):
        found.append(_Negate(node))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        found.append(_DropSign(node))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        found.append(_DropStep(node))
    return found


def _swaps(test: ast.expr) -> bool:
    """Whether a condition is turned around by what is done to itself."""
    return isinstance(test, ast.Compare | ast.UnaryOp)


class Change:
    """Something that is done to a node when it is called."""

    def __call__(self) -> None:
        """Do it."""
        raise NotImplementedError


@frozen
class _Swap(Change):
    node: ast.AST
    field: str
    at: int | None

    def __call__(self) -> None:
        held = getattr(self.node, self.field)
        if self.at is None:
            setattr(self.node, self.field, _SWAPPED[type(held)]())
        else:
            held[self.at] = _SWAPPED[type(held[self.at])]()


@frozen
class _Constant(Change):
    node: ast.Constant

    def __call__(self) -> None:
        value = self.node.value
        if isinstance(value, bool):
            self.node.value = not value
        elif isinstance(value, int | float):
            self.node.value = value + 1


@frozen
class _Rename(Change):
    name: ast.Name

    def __call__(self) -> None:
        self.name.id = _OTHER_NAMES[self.name.id]


@frozen
class _Negate(Change):
    node: ast.If | ast.IfExp | ast.While

    def __call__(self) -> None:
        self.node.test = ast.UnaryOp(ast.Not(), self.node.test)


@frozen
class _DropSign(Change):
    node: ast.UnaryOp

    def __call__(self) -> None:
        self.node.op = ast.UAdd() if isinstance(self.node.op, ast.USub) else ast.Not()
        if isinstance(self.node.op, ast.Not):
            self.node.operand = ast.UnaryOp(ast.Not(), self.node.operand)


@frozen
class _DropStep(Change):
    node: ast.Expr

    def __call__(self) -> None:
        self.node.value = ast.Constant(None)


def _shown(node: ast.AST) -> str:
    """Show the first line of a piece of code."""
    return ast.unparse(node).partition("\n")[0][:100]
